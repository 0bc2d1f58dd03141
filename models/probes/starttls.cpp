#include "probes/starttls.h"

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype maxLine = 8 * 1024; ///< SMTP allows 512, IMAP capabilities may be longer
constexpr int maxLines = 100; ///< of one reply
constexpr qsizetype maxError = 32 * 1024; ///< a PostgreSQL error
constexpr qsizetype maxTranscript = 2 * 1024;
constexpr qsizetype maxQuoted = 200;
constexpr char sslRequest[] = "\x00\x00\x00\x08\x04\xd2\x16\x2f";

/// What came, as it may stand in a sentence.
QString quoted(const QByteArray &bytes)
{
    QString text = QString::fromUtf8(bytes.first(std::min(maxQuoted, bytes.size())));
    for (QChar &c : text) {
        if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            c = u'·';
    }
    return u'"' + text.trimmed() + u'"';
}

bool startsWithWord(const QByteArray &line, const QByteArray &word)
{
    return line.first(std::min(word.size(), line.size())).toUpper() == word
        && (line.size() == word.size() || line[word.size()] == ' ');
}

} // namespace

StartTlsDialogue::StartTlsDialogue(std::optional<StartTlsProtocol> protocol) : m_protocol(protocol)
{
    if (m_protocol == StartTlsProtocol::Postgres)
        say(Step::StartTls, QByteArray(sslRequest, 8));
}

void StartTlsDialogue::feed(const QByteArray &bytes)
{
    m_buffer += bytes;
    m_transcript += bytes.first(std::min(bytes.size(), maxTranscript - m_transcript.size()));
    read();
}

void StartTlsDialogue::read()
{
    if (m_protocol == StartTlsProtocol::Postgres) {
        readPostgres();
        return;
    }
    while (!m_failure && m_step != Step::Ready) {
        const qsizetype end = m_buffer.indexOf('\n');
        if (end > maxLine || (end < 0 && m_buffer.size() > maxLine)) {
            breakOff(FailureKind::Oversize,
                     u"a line of the server's answer exceeds the limit of %1 KiB"_s.arg(maxLine / 1024));
            return;
        }
        if (end < 0)
            return;
        if (++m_lines > maxLines) {
            breakOff(FailureKind::Oversize, u"the server's answer exceeds the limit of %1 lines"_s.arg(maxLines));
            return;
        }
        QByteArray line = m_buffer.first(end);
        m_buffer.remove(0, end + 1);
        if (line.endsWith('\r'))
            line.chop(1);
        if (!m_protocol)
            readGreeting(line);
        else if (m_protocol == StartTlsProtocol::Smtp)
            readSmtp(line);
        else
            readImap(line);
    }
}

/// Nobody said what is spoken here: the first line does.
void StartTlsDialogue::readGreeting(const QByteArray &line)
{
    if (line.startsWith("* ")) {
        m_protocol = StartTlsProtocol::Imap;
        readImap(line);
    } else if (line.startsWith("220") || line.startsWith("421") || line.startsWith("554")) {
        m_protocol = StartTlsProtocol::Smtp;
        readSmtp(line);
    } else {
        breakOff(FailureKind::Protocol,
                 u"the server greets with %1, which is neither SMTP nor IMAP"_s.arg(quoted(line)),
                 u"client.starttls says what is spoken on this port"_s);
    }
}

void StartTlsDialogue::readSmtp(const QByteArray &line)
{
    const auto digit = [&](qsizetype at) { return line[at] >= '0' && line[at] <= '9'; };
    const bool wellFormed =
        line.size() >= 3 && digit(0) && digit(1) && digit(2) && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
    if (!wellFormed) {
        breakOff(FailureKind::Protocol, u"the server sent %1, which is no SMTP reply"_s.arg(quoted(line)));
        return;
    }
    if (m_step == Step::Capabilities)
        m_offers.append(line.sliced(std::min<qsizetype>(4, line.size())));
    if (line.size() > 3 && line[3] == '-')
        return; // more of the same reply follows
    m_lines = 0;
    smtpReply(line.first(3), line);
}

void StartTlsDialogue::smtpReply(const QByteArray &code, const QByteArray &last)
{
    const QString number = QString::fromLatin1(code);
    switch (m_step) {
    case Step::Greeting:
        if (code == "220")
            say(Step::Capabilities, "EHLO localhost\r\n");
        else
            refuse(number, u"the server refused at its greeting: %1"_s.arg(quoted(last)));
        break;
    case Step::Capabilities: {
        if (code != "250") {
            refuse(number, u"the server refused EHLO: %1"_s.arg(quoted(last)));
            break;
        }
        const bool offered =
            std::ranges::any_of(m_offers, [](const QByteArray &offer) { return startsWithWord(offer, "STARTTLS"); });
        if (offered)
            say(Step::StartTls, "STARTTLS\r\n");
        else
            refuse(number, u"the server does not offer STARTTLS in its answer to EHLO"_s,
                   u"is its certificate loaded? somebody on the way may also strip the offer"_s);
        break;
    }
    case Step::StartTls:
        if (code == "220")
            agree();
        else
            refuse(number, u"the server refused STARTTLS: %1"_s.arg(quoted(last)),
                   u"its certificate or key may not be loaded"_s);
        break;
    case Step::Ready: break;
    }
}

void StartTlsDialogue::readImap(const QByteArray &line)
{
    const QByteArray tag = m_step == Step::Capabilities ? "a1 " : "a2 ";
    if (m_step == Step::Greeting) {
        m_lines = 0;
        if (startsWithWord(line, "* OK"))
            say(Step::Capabilities, "a1 CAPABILITY\r\n");
        else if (startsWithWord(line, "* BYE"))
            refuse(u"BYE"_s, u"the server refused at its greeting: %1"_s.arg(quoted(line)));
        else if (startsWithWord(line, "* PREAUTH"))
            refuse(u"PREAUTH"_s, u"the server has logged the client in already, and then STARTTLS is not possible"_s);
        else
            breakOff(FailureKind::Protocol, u"the server greets with %1, which is not IMAP"_s.arg(quoted(line)));
    } else if (line.startsWith(tag)) {
        m_lines = 0;
        imapTagged(line.sliced(tag.size()).split(' ').front().toUpper(), line);
    } else if (startsWithWord(line, "* CAPABILITY")) {
        m_offers += line.toUpper().split(' ');
    } else if (startsWithWord(line, "* BYE")) {
        refuse(u"BYE"_s, u"the server said goodbye: %1"_s.arg(quoted(line)));
    } else if (!line.startsWith("* ")) {
        breakOff(FailureKind::Protocol, u"the server sent %1, which is no IMAP response"_s.arg(quoted(line)));
    }
}

void StartTlsDialogue::imapTagged(const QByteArray &word, const QByteArray &line)
{
    const bool asked = m_step == Step::Capabilities;
    if (word != "OK") {
        refuse(
            QString::fromUtf8(word.first(std::min<qsizetype>(20, word.size()))),
            (asked ? u"the server refused CAPABILITY: %1"_s : u"the server refused STARTTLS: %1"_s).arg(quoted(line)));
    } else if (!asked) {
        agree();
    } else if (m_offers.contains("STARTTLS")) {
        say(Step::StartTls, "a2 STARTTLS\r\n");
    } else {
        refuse(u"OK"_s, u"the server does not offer STARTTLS among its capabilities"_s,
               u"is its certificate loaded? somebody on the way may also strip the offer"_s);
    }
}

void StartTlsDialogue::readPostgres()
{
    if (m_failure || m_buffer.isEmpty())
        return;
    const char answer = m_buffer[0];
    if (answer == 'S') {
        m_buffer.remove(0, 1);
        agree();
    } else if (answer == 'N') {
        refuse(u"N"_s, u"the PostgreSQL server does not offer TLS"_s,
               u"ssl = on, ssl_cert_file and ssl_key_file in postgresql.conf"_s);
    } else if (answer == 'E') {
        postgresError();
    } else {
        breakOff(FailureKind::Protocol,
                 u"the server answered %1 to PostgreSQL's SSLRequest; S or N was expected"_s.arg(quoted(m_buffer)),
                 u"is this a PostgreSQL server?"_s);
    }
}

/// ErrorResponse: 'E', the length as four bytes, then fields of a letter and a text that ends in 0.
void StartTlsDialogue::postgresError()
{
    if (m_buffer.size() < 5)
        return;
    qint64 length = 0;
    for (int i = 1; i <= 4; ++i)
        length = length * 256 + static_cast<unsigned char>(m_buffer[i]);
    if (length < 4 || length > maxError) {
        breakOff(FailureKind::Protocol,
                 u"the server answered with a PostgreSQL error of %1 bytes, which makes no sense"_s.arg(length));
        return;
    }
    if (m_buffer.size() < length + 1)
        return;
    QByteArray state, message;
    for (const QByteArray &field : m_buffer.sliced(5, length - 4).split('\0')) {
        if (field.startsWith('C'))
            state = field.sliced(1);
        else if (field.startsWith('M'))
            message = field.sliced(1);
    }
    refuse(QString::fromUtf8(state), u"the PostgreSQL server refused TLS: %1"_s.arg(quoted(message)));
}

void StartTlsDialogue::say(Step next, const QByteArray &bytes)
{
    if (m_protocol == StartTlsProtocol::Smtp && !m_buffer.isEmpty()) { // IMAP servers may speak at any time
        breakOff(FailureKind::Protocol, u"the server sent %1 before it was asked"_s.arg(quoted(m_buffer)));
        return;
    }
    m_step = next;
    m_outgoing += bytes;
}

void StartTlsDialogue::agree()
{
    m_step = Step::Ready;
    if (!m_buffer.isEmpty()) {
        breakOff(
            FailureKind::Protocol,
            u"the server went on in plain text after it had agreed to TLS: %1 further bytes (%2)"_s.arg(m_buffer.size())
                .arg(quoted(m_buffer)),
            u"this is how commands are injected into a connection (CVE-2011-0411, CVE-2021-23222)"_s);
    }
}

void StartTlsDialogue::refuse(const QString &code, const QString &message, const QString &hint)
{
    if (!code.isEmpty())
        m_code = code;
    breakOff(FailureKind::Rejected, message, hint);
}

void StartTlsDialogue::breakOff(FailureKind kind, const QString &message, const QString &hint)
{
    m_failure = Failure{.kind = kind, .phase = Phase::Receive, .message = message, .hint = hint};
}

QString StartTlsDialogue::awaited() const
{
    if (m_protocol == StartTlsProtocol::Postgres)
        return u"the server does not answer PostgreSQL's SSLRequest"_s;
    switch (m_step) {
    case Step::Greeting:
        return m_protocol ? u"the server sends no %1 greeting"_s.arg(QString(name(*m_protocol)).toUpper())
                          : u"the server sends no greeting, so neither SMTP nor IMAP is spoken here; PostgreSQL waits "
                            u"for the client, "
                            "and client.starttls: postgres says so"_s;
    case Step::Capabilities:
        return u"the server does not answer %1"_s.arg(m_protocol == StartTlsProtocol::Smtp ? u"EHLO"_s
                                                                                           : u"CAPABILITY"_s);
    case Step::StartTls: return u"the server does not answer STARTTLS"_s;
    case Step::Ready: break;
    }
    return {};
}

} // namespace allclear

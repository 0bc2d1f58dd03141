// What a PostgreSQL server says, in pieces: the same messages as in one piece, within the limits. Its log-in, its
// errors, columns and rows; rows become JSON that parses, and a log-in that began with SCRAM ends with its proof.
#include "fuzzing.h"

#include "probes/pgauth.h"
#include "probes/pgerrors.h"
#include "probes/pgrows.h"

#include <QJsonDocument>

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

constexpr qint64 rowLimit = 8 * 1024, otherLimit = 4 * 1024;
constexpr char nonce[] = "rOprNGfwEbeRWgbNEkqO"; // of the seeds

/// A log-in with a password; `provable` when the server has asked for SCRAM.
class LogIn
{
public:
    explicit LogIn(const QString &password) : m_auth(QStringLiteral("user"), password, nonce) { }
    void take(const QByteArray &body)
    {
        if (m_failed || m_auth.isDone())
            return;
        const bool again = m_asked && asks(body);
        m_asked = m_asked || asks(body);
        m_scram = m_scram || body.startsWith(QByteArray("\0\0\0\x0a", 4));
        const PgAuthStep step = m_auth.answer(body);
        if (const auto *failure = std::get_if<Failure>(&step)) {
            requireTold(*failure);
            m_failed = true;
        } else {
            require(std::get<QByteArray>(step).size() < 1024 + body.size());
        }
        require(!m_failed || !m_auth.isDone());
        require(!again || m_failed); // hashing is asked for once
    }
    bool isProved() const { return m_scram && m_auth.isDone(); }

private:
    static bool asks(const QByteArray &body)
    {
        return body.size() >= 4 && body.startsWith(QByteArray(3, '\0'))
            && (body[3] == 3 || body[3] == 5 || body[3] == 10);
    }

    PgAuth m_auth;
    bool m_asked = false, m_scram = false, m_failed = false;
};

void checkJson(const PgRows &rows)
{
    const QJsonDocument json = QJsonDocument::fromJson(rows.toJson());
    require(json.isObject() && json[QStringLiteral("rows")].isArray());
}

void replay(const QList<PgMessage> &messages)
{
    LogIn right(QStringLiteral("pencil")), wrong(QStringLiteral("eraser"));
    PgRows kept(PgNulls::Kept), leftOut(PgNulls::LeftOut);
    for (const PgMessage &message : messages) {
        const auto values = pg::valuesFrom(message.body);
        switch (message.type) {
        case 'R':
            right.take(message.body);
            wrong.take(message.body);
            break;
        case 'T':
            if (const auto columns = pg::columnsFrom(message.body)) {
                require(columns->size() <= 1664);
                kept = PgRows(PgNulls::Kept);
                leftOut = PgRows(PgNulls::LeftOut);
                kept.setColumns(*columns);
                leftOut.setColumns(*columns);
            }
            break;
        case 'D':
            if (values)
                require(kept.add(*values) == leftOut.add(*values));
            break;
        default: requireTold(failureFrom(pg::reportFrom(message.body)));
        }
    }
    require(!right.isProved() || !wrong.isProved()); // who proves to know one password knows no other
    checkJson(kept);
    checkJson(leftOut);
}

struct Heard {
    QList<PgMessage> messages;
    std::optional<FailureKind> failure;
};

Heard hear(const QByteArray &bytes, qsizetype piece)
{
    PgReader reader(rowLimit, otherLimit);
    Heard heard;
    qint64 others = 0;
    inPieces(bytes, piece, [&](const QByteArray &some) {
        reader.feed(some);
        while (const auto message = reader.take()) {
            others += message->type == 'D' ? 0 : message->body.size();
            heard.messages.append(*message);
        }
    });
    require(reader.rowBytes() <= rowLimit + 64 && others <= otherLimit);
    if (reader.failure()) {
        requireTold(*reader.failure());
        heard.failure = reader.failure()->kind;
    }
    return heard;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const qsizetype piece = 1 + input.byte() % 64;
    const QByteArray bytes = input.rest();
    const Heard whole = hear(bytes, std::max<qsizetype>(bytes.size(), 1));
    const Heard pieces = hear(bytes, piece);
    require(whole.failure == pieces.failure
            && std::ranges::equal(whole.messages, pieces.messages, [](const PgMessage &a, const PgMessage &b) {
                   return a.type == b.type && a.body == b.body;
               }));
    replay(whole.messages);
    return 0;
}

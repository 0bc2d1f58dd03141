// A DNS answer, and a name to ask for. The first two bytes choose the type that was asked for and whether the answer's
// head is made to fit the question, so that the fuzzer gets past it.
#include "fuzzing.h"

#include "probes/dnsmessage.h"
#include "probes/dnsreader.h"

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

constexpr quint16 id = 0x1234;
constexpr qsizetype headerBytes = 12;

void checkReading(const DnsReading &reading, const QByteArray &message)
{
    require((reading.mismatch == DnsMismatch::None) == reading.problem.isEmpty());
    if (reading.mismatch != DnsMismatch::None) {
        require(reading.answer.records.isEmpty() && reading.answer.rcode.isEmpty()); // nothing from what is no answer
        return;
    }
    require(!reading.answer.rcode.isEmpty() && message.size() >= headerBytes);
    require(!reading.answer.truncated || reading.answer.records.isEmpty());
    require(reading.answer.records.size() * 11 <= message.size());
    for (const DnsRecord &record : reading.answer.records)
        require(record.name.endsWith(u'.') && record.name.size() <= 4 * 255
                && record.text.size() <= 5 * message.size() + 2048);
    const QByteArray lines = dnsLines(reading.answer.records);
    require(lines.isEmpty() == reading.answer.records.isEmpty());
}

/// A question that can be asked is one that the reader reads, and that nothing but itself answers.
void checkQuestion(const QString &name, quint16 type)
{
    const Result<QByteArray> question = dnsQuestion({.id = id, .name = name, .type = type});
    if (!question)
        return;
    DnsReader reader(*question);
    reader.skip(headerBytes);
    const QString read = reader.name();
    require(reader.number16() == type && reader.number16() == 1 && reader.ok());
    QByteArray answer = *question;
    require(readDnsAnswer(answer, *question).mismatch == DnsMismatch::Malformed); // a question is no answer
    answer[2] = static_cast<char>(answer[2] | 0x80);
    require(readDnsAnswer(answer, *question).mismatch == DnsMismatch::None);
    answer[1] = static_cast<char>(answer[1] ^ 1);
    require(readDnsAnswer(answer, *question).mismatch == DnsMismatch::OtherQuestion);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const auto type = static_cast<quint16>(input.byte());
    const bool fits = input.byte() % 2 == 0;
    QByteArray message = input.rest();
    checkQuestion(QString::fromUtf8(message), type);
    const QByteArray question = *dnsQuestion({.id = id, .name = QStringLiteral("example.org"), .type = type});
    if (fits && message.size() >= headerBytes) {
        message.replace(0, 2, question.first(2));
        message[2] = static_cast<char>((message[2] | 0x80) & 0x87);
        message.replace(4, 2, QByteArray("\0\1", 2));
        message.insert(headerBytes, question.sliced(headerBytes));
    }
    checkReading(readDnsAnswer(message, question), message);
    return 0;
}

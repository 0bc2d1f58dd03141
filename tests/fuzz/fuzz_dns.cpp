// DNS answers to one question: an answer or a named mismatch, and no more records than the message can hold.
#include "probes/dnsmessage.h"

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const QByteArray question = *dnsQuestion({.id = 0x1234, .name = QStringLiteral("a.test"), .type = 1});
    const QByteArray message(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    // As it is, and with the head and the question that fit, so that the records are reached.
    for (const QByteArray &bytes : {message, question.first(2) + message, question + message}) {
        const DnsReading reading = readDnsAnswer(bytes, question);
        if ((reading.mismatch == DnsMismatch::None) != reading.problem.isEmpty())
            __builtin_trap();
        if (reading.answer.records.size() > bytes.size())
            __builtin_trap();
        (void)dnsLines(reading.answer.records);
    }
    return 0;
}

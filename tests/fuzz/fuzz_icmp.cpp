// What a ping socket hands over. Four option bytes: the version of IP, the sequence number, the length of the payload.
#include "fuzzing.h"

#include "probes/icmpmessage.h"

using namespace allclear;
using namespace allclear::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const IpVersion version = input.byte() % 2 == 0 ? IpVersion::V4 : IpVersion::V6;
    const auto sequence = static_cast<quint16>(input.byte() << 8 | input.byte());
    const QByteArray payload(input.byte() % 64, 'a');
    const QByteArray message = input.rest();
    const QByteArray request = echoRequest(version, sequence, payload);
    require(matchEchoReply(version, request, sequence, payload) == EchoMatch::NoReply); // nobody answers himself
    QByteArray reply = request;
    reply[0] = static_cast<char>(version == IpVersion::V4 ? 0 : 129);
    require(matchEchoReply(version, reply, sequence, payload) == EchoMatch::Reply);
    if (matchEchoReply(version, message, sequence, payload) == EchoMatch::Reply) {
        require(message.first(2) == reply.first(2)
                && message.sliced(6) == reply.sliced(6)); // checksum and id are the kernel's
    }
    const int type = message.isEmpty() ? 0 : static_cast<unsigned char>(message[0]);
    const int code = message.size() < 2 ? 0 : static_cast<unsigned char>(message[1]);
    const QString text = icmpErrorText(version, type, code);
    require(!text.isEmpty() && text.size() < 200);
    return 0;
}

#include "rehearsal/moment.h"

#include <QJsonDocument>

#include <cmath>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

Duration around(Duration base, int nth)
{
    constexpr double goldenRatio = 0.6180339887;
    double whole = 0;
    const double spread = std::modf((nth + 1) * goldenRatio, &whole);
    return Duration(std::llround(static_cast<double>(base.count()) * (0.85 + 0.3 * spread)));
}

HttpReply jsonReply(int status, const QJsonObject &body, Duration after)
{
    return {.status = status, .body = QJsonDocument(body).toJson(QJsonDocument::Compact), .after = after};
}

HttpReply textReply(int status, const QByteArray &text, Duration after)
{
    return {.status = status, .contentType = "text/plain; charset=utf-8"_ba, .body = text, .after = after};
}

HttpReply notFound(Duration after) { return jsonReply(404, {{u"detail"_s, u"Not Found"_s}}, after); }

HttpReply methodNotAllowed(const QByteArray &allowed, Duration after)
{
    HttpReply reply = jsonReply(405, {{u"detail"_s, u"Method Not Allowed"_s}}, after);
    reply.headers.append({"allow"_ba, allowed});
    return reply;
}

double unixSeconds(TimePoint time) { return static_cast<double>(time.time_since_epoch().count()) / 1e6; }

} // namespace allclear::rehearsal

#include "probes/probe.h"

#include <QJsonArray>

namespace allclear {

namespace {

constexpr qsizetype maxLeaves = 200; ///< of one stored value that are masked one by one

void collectLeaves(const QJsonValue &value, QStringList &leaves)
{
    if (leaves.size() >= maxLeaves)
        return;
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (const QJsonValue child : object)
            collectLeaves(child, leaves);
    } else if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (const QJsonValue child : array)
            collectLeaves(child, leaves);
    } else if (value.isString() || value.isDouble()) {
        leaves.append(value.toVariant().toString());
    }
}

} // namespace

void JourneyContext::keep(const QString &key, const QJsonValue &value)
{
    values.insert(key, value);
    QStringList leaves;
    collectLeaves(value, leaves);
    secrets = secrets.with(leaves);
}

} // namespace allclear

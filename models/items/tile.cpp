#include "items/tile.h"

#include "items/tilewords.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

State stateOf(const Sample &sample)
{
    if (sample.failed()) {
        const int kind = sample.failure - 1;
        const bool isOurs =
            kind == static_cast<int>(FailureKind::Internal) || kind == static_cast<int>(FailureKind::Untrusted);
        return isOurs ? State::Unknown : State::Down;
    }
    return sample.outcome == static_cast<quint8>(Outcome::Degraded) ? State::Degraded : State::Up;
}

void fillFromTrack(Tile &tile, const Track &track)
{
    tile.sparkline.reserve(static_cast<std::size_t>(track.recent.size()));
    tile.recent.reserve(track.recent.size());
    for (const Sample &sample : track.recent) {
        tile.sparkline.push_back(sample.latencyMs);
        tile.recent.append(stateOf(sample));
    }
    if (track.latest)
        tile.lastAt = track.latest->startedAt;
    else if (!track.recent.isEmpty())
        tile.lastAt = track.recent.last().at;
}

QString titleOf(const Incident &incident, const Ledger &ledger, const QString &component)
{
    const int index = ledger.componentIndex(component);
    const QString title = index < 0 ? QString() : incident.components[index].title;
    return title.isEmpty() ? component : title;
}

auto fields(const Tile &tile)
{
    return std::tie(tile.component, tile.title, tile.tier, tile.state, tile.value, tile.reason, tile.waitsOn,
                    tile.suspect, tile.insecure, tile.recent, tile.lastAt, tile.interval, tile.since, tile.rerun,
                    tile.endpoints, tile.worst);
}

} // namespace

bool Tile::operator==(const Tile &other) const
{
    const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    return fields(*this) == fields(other) && std::ranges::equal(sparkline, other.sparkline, same);
}

Tile makeTile(const Component &component, const Verdict &verdict, const Ledger &ledger)
{
    Tile tile;
    tile.component = component.name;
    tile.title = component.title.isEmpty() ? component.name : component.title;
    tile.tier = component.tier;
    const int index = ledger.componentIndex(component.name);
    if (index < 0 || index >= verdict.components.size())
        return tile;
    const Incident &incident = *ledger.incident();
    const ComponentStatus &status = verdict.components[index];
    tile.state = status.state;
    tile.since = status.since;
    tile.suspect = status.suspect;
    tile.worst = status.worst;
    if (!status.waitsOn.isEmpty())
        tile.waitsOn = titleOf(incident, ledger, status.waitsOn);
    const QList<int> endpoints = ledger.endpointsOf(index);
    for (int endpoint : endpoints) {
        tile.endpoints.append(incident.endpoints[endpoint].key());
        tile.insecure = tile.insecure || incident.endpoints[endpoint].client.insecure;
    }
    const int worst = ledger.endpointIndex(status.worst);
    if (worst < 0) {
        tile.value = u"no data"_s;
        tile.reason = status.reason;
        return tile;
    }
    fillFromTrack(tile, ledger.trackAt(worst));
    tile.interval = incident.endpoints[worst].interval;
    const TileWords words = tileWords(incident.endpoints[worst], verdict.endpoints[worst], endpoints.size());
    tile.value = words.value;
    tile.reason = words.reason;
    return tile;
}

QString ageText(const Tile &tile, TimePoint now)
{
    QStringList parts;
    if (tile.lastAt)
        parts.append(shortDurationText(std::max(now - *tile.lastAt, Duration::zero())) + " ago"_L1);
    else if (!tile.endpoints.isEmpty())
        parts.append(u"never run"_s);
    if (tile.interval > Duration::zero())
        parts.append("every "_L1 + shortDurationText(tile.interval));
    return parts.join(u" · "_s);
}

QString accessibleText(const Tile &tile, TimePoint now)
{
    QStringList sentences{tile.title + ": "_L1 + name(tile.state)};
    QStringList what{tile.value, tile.reason};
    what.removeAll(QString());
    sentences.append(what.join(", "_L1));
    if (tile.suspect)
        sentences.append(u"Suspected cause"_s);
    if (!tile.waitsOn.isEmpty())
        sentences.append("Waits on "_L1 + tile.waitsOn);
    if (tile.insecure)
        sentences.append(u"Certificates are not verified"_s);
    if (tile.rerun == RerunState::Running)
        sentences.append(u"Rerun under way"_s);
    sentences.append(tile.lastAt ? shortDurationText(std::max(now - *tile.lastAt, Duration::zero())) + " ago"_L1
                                 : u"Never run"_s);
    sentences.removeAll(QString());
    return sentences.join(". "_L1) + u'.';
}

} // namespace allclear

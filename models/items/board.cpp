#include "items/board.h"

namespace allclear {

namespace {

void registerTypes()
{
    qRegisterMetaType<FramePtr>("allclear::FramePtr");
    qRegisterMetaType<IncidentPtr>("allclear::IncidentPtr");
    qRegisterMetaType<ObservationPtr>("allclear::ObservationPtr");
    qRegisterMetaType<VerdictPtr>("allclear::VerdictPtr");
    qRegisterMetaType<EndpointKey>("allclear::EndpointKey");
    qRegisterMetaType<TimePoint>("allclear::TimePoint");
    qRegisterMetaType<Sample>("allclear::Sample");
    qRegisterMetaType<QList<Sample>>("QList<allclear::Sample>");
    qRegisterMetaType<ObserverState>("allclear::ObserverState");
    qRegisterMetaType<QHash<QString, TimePoint>>("QHash<QString,allclear::TimePoint>");
}

constexpr Duration youngestStrip = 5min; ///< the strip reaches back to the declaration, or this far

QStringList keysOf(const Incident &incident)
{
    QStringList keys;
    for (const Endpoint &endpoint : incident.endpoints)
        keys << endpoint.key();
    return keys;
}

bool sameFile(const IncidentPtr &left, const IncidentPtr &right)
{
    return left && right && !left->sourcePath.isEmpty() && left->sourcePath == right->sourcePath;
}

} // namespace

Board::Board(std::shared_ptr<const Clock> clock, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_verdict(std::make_shared<const Verdict>())
{
    registerTypes();
    m_tiles.setClock(m_clock);
    connect(&m_series, &SeriesStore::stretchChanged, this,
            [this](int series, TimePoint first, TimePoint last) { m_strip.forget(series, first, last); });
}

void Board::apply(const FramePtr &frame)
{
    if (!frame || !frame->verdict)
        return;
    const bool rebuilt = frame->incident && frame->incident != m_incident;
    m_verdict = frame->verdict;
    if (rebuilt)
        takeIncident(frame->incident);
    m_tiles.apply(frame->tiles, m_incident ? static_cast<int>(m_incident->components.size()) : 0);
    m_criteria.apply(m_verdict->criteria);
    m_actions.setNow(m_verdict->at);
    m_actions.apply(m_verdict->actions);
    for (const auto &[series, samples] : frame->seeds)
        m_series.append(series, samples);
    appendSamples(frame->samples);
    if (rebuilt)
        Q_EMIT incidentChanged();
    Q_EMIT changed();
}

// A file that was edited keeps the charts of the endpoints it still names; another file begins empty.
void Board::takeIncident(const IncidentPtr &incident)
{
    const auto keep = sameFile(m_incident, incident) ? SeriesStore::Keep::SameNames : SeriesStore::Keep::Nothing;
    m_incident = incident;
    const QStringList keys = keysOf(*incident);
    m_rows.clear();
    for (int row = 0; row < keys.size(); ++row)
        m_rows.insert(keys[row], row);
    m_tiles.clear();
    m_criteria.apply({});
    m_actions.apply({});
    m_strip.setIncident(incident);
    m_series.reset(keys, keep);
}

void Board::appendSamples(const QList<std::pair<int, Sample>> &samples)
{
    QHash<int, std::vector<Sample>> bySeries;
    QList<int> order;
    for (const auto &[series, sample] : samples) {
        auto &held = bySeries[series];
        if (held.empty())
            order << series;
        held.push_back(sample);
    }
    for (const int series : std::as_const(order))
        m_series.append(series, bySeries[series]);
}

const EndpointStatus *Board::endpointStatus(const EndpointKey &key) const
{
    const auto &endpoints = m_verdict->endpoints;
    const int row = m_rows.value(key, -1);
    if (row >= 0 && row < endpoints.size() && endpoints[row].key == key)
        return &endpoints[row];
    const auto found = std::ranges::find(endpoints, key, &EndpointStatus::key);
    return found == endpoints.end() ? nullptr : &*found;
}

ObservationPtr Board::latest(const EndpointKey &key) const
{
    const EndpointStatus *status = endpointStatus(key);
    return status ? status->latest : nullptr;
}

QString Board::componentTitle(const QString &name) const
{
    const auto *component = m_incident ? m_incident->component(name) : nullptr;
    return component && !component->title.isEmpty() ? component->title : name;
}

QList<StripSlot> Board::strip(int slotCount) const
{
    const TimePoint now = m_clock->now();
    Duration range = 1h;
    if (m_incident && m_incident->declared && *m_incident->declared <= now)
        range = std::max<Duration>(youngestStrip, now - *m_incident->declared);
    return m_strip.stretches(m_series, slotCount, std::min(range, m_series.retention()), now);
}

void Board::showFileErrors(const QString &text)
{
    if (text == m_fileErrors)
        return;
    m_fileErrors = text;
    Q_EMIT fileErrorsChanged();
}

void Board::rerunComponent(const QString &component)
{
    const auto &tiles = m_tiles.tiles();
    const auto tile = std::ranges::find(tiles, component, &Tile::component);
    if (tile != tiles.end() && !tile->endpoints.isEmpty())
        Q_EMIT rerunRequested(tile->endpoints);
}

void Board::rerunAll()
{
    if (m_incident && !m_incident->endpoints.isEmpty())
        Q_EMIT rerunRequested(keysOf(*m_incident));
}

void Board::rerunEndpoint(const EndpointKey &key)
{
    if (m_rows.contains(key))
        Q_EMIT rerunRequested({key});
}

void Board::setPaused(bool paused)
{
    if (paused == m_paused)
        return;
    m_paused = paused;
    Q_EMIT pauseRequested({}, paused); // an empty list means all, those of a later file included
    Q_EMIT changed();
}

} // namespace allclear

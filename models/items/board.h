// The board's models, in the GUI thread: takes frames, keeps the Qt item models and the series in step, and sends a
// person's commands back as signals. Widgets bind to this and to nothing below it.
#pragma once

#include "items/frame.h"
#include "core/clock.h"
#include "items/series.h"
#include "items/strip.h"

#include <QAbstractListModel>
#include <QHash>
#include <QObject>

namespace allclear {

class TileModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { StateRole = Qt::UserRole + 1, ValueRole, ReasonRole, TierRole, WaitsOnRole, ComponentRole, RerunRole };
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

    const Tile &tile(int row) const { return m_tiles[row]; }
    const QList<Tile> &tiles() const { return m_tiles; }
    /// Replaces changed rows; a different count resets. Emits dataChanged for rows that really differ, nothing else.
    void apply(const QList<std::pair<int, Tile>> &changed, int count);
    void clear();
    /// For the ages that the accessible text speaks.
    void setClock(std::shared_ptr<const Clock> clock) { m_clock = std::move(clock); }

private:
    QList<Tile> m_tiles;
    std::shared_ptr<const Clock> m_clock;
};

class CriterionModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { StateRole = Qt::UserRole + 1, DetailRole, HeldRole, EvidenceRole }; ///< HeldRole: 0…1 of the hold
    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;
    const CriterionStatus &criterion(int row) const { return m_rows[row]; }
    void apply(const QList<CriterionStatus> &rows);

private:
    QList<CriterionStatus> m_rows;
};

/// "due in 38 min", "overdue 6 min", "done 04:41 UTC", "done, by evidence"; empty when there is nothing to say.
QString dueText(const ActionStatus &action, std::optional<TimePoint> tickedAt, TimePoint now);

class ActionModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { DueRole = Qt::UserRole + 1, OverdueRole, ByEvidenceRole };
    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override; ///< Qt::CheckStateRole ticks
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QHash<int, QByteArray> roleNames() const override;
    const ActionStatus &action(int row) const { return m_rows[row]; }
    /// A person's ticks are kept over frames, by title.
    void apply(const QList<ActionStatus> &rows);
    /// Due texts move with it.
    void setNow(TimePoint now);
    TimePoint now() const { return m_now; }
    /// Restores ticks from the journal.
    void setTicks(const QHash<QString, TimePoint> &ticks);
    std::optional<TimePoint> tickedAt(int row) const;
    bool isDone(int row) const; ///< ticked, or done by evidence
    int doneCount() const;

Q_SIGNALS:
    void ticked(const QString &title, bool done);

private:
    QList<ActionStatus> m_rows;
    QHash<QString, TimePoint> m_ticks;
    TimePoint m_now{};
};

class Board : public QObject {
    Q_OBJECT
public:
    explicit Board(std::shared_ptr<const Clock> clock, QObject *parent = nullptr);

    TileModel *tiles() { return &m_tiles; }
    CriterionModel *criteria() { return &m_criteria; }
    ActionModel *actions() { return &m_actions; }
    SeriesStore *series() { return &m_series; }
    const IncidentPtr &incident() const { return m_incident; }
    const Verdict &verdict() const { return *m_verdict; }
    const Clock &clock() const { return *m_clock; }
    /// The latest observation of an endpoint; null when it never ran.
    ObservationPtr latest(const EndpointKey &key) const;
    const EndpointStatus *endpointStatus(const EndpointKey &key) const;
    QString componentTitle(const QString &name) const;
    /// `slotCount` stretches up to now over the incident (or the last hour when that is longer or nothing was
    /// declared), oldest first. Cheap at ten calls a second.
    QList<StripSlot> strip(int slotCount) const;

public Q_SLOTS:
    void apply(const allclear::FramePtr &frame);
    void showFileErrors(const QString &text); ///< the last good state stays; empty: the file is good again

    void rerunComponent(const QString &component);
    void rerunAll();
    void rerunEndpoint(const allclear::EndpointKey &key);
    void setPaused(bool paused);

public:
    QString fileErrors() const { return m_fileErrors; }
    bool isPaused() const { return m_paused; }

Q_SIGNALS:
    void incidentChanged();                ///< rows were rebuilt
    void changed();                        ///< a frame was taken in
    void fileErrorsChanged();
    void rerunRequested(const QStringList &keys);
    void pauseRequested(const QStringList &keys, bool paused);

private:
    void takeIncident(const IncidentPtr &incident);
    void appendSamples(const QList<std::pair<int, Sample>> &samples);

    std::shared_ptr<const Clock> m_clock;
    IncidentPtr m_incident;
    VerdictPtr m_verdict;
    TileModel m_tiles;
    CriterionModel m_criteria;
    ActionModel m_actions;
    SeriesStore m_series;
    mutable Strip m_strip; // a cache
    QHash<EndpointKey, int> m_rows; // by endpoint
    QString m_fileErrors;
    bool m_paused = false;
};

} // namespace allclear

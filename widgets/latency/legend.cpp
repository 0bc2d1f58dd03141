#include "widgets/latency/legend.h"

#include "widgets/latency/chipbutton.h"

#include <QPainter>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

LegendEntry::LegendEntry(ThemeSource *theme, int series, QWidget *parent)
    : QAbstractButton(parent), m_theme(theme), m_series(series)
{
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
}

void LegendEntry::setContent(const QString &name, const QString &value, bool failing)
{
    if (name == m_name && value == m_value && failing == m_failing)
        return;
    m_name = name;
    m_value = value;
    m_failing = failing;
    setText(name);
    setAccessibleName(failing ? tr("%1: %2, failing").arg(name, value) : tr("%1: %2").arg(name, value));
    setToolTip(name.toHtmlEscaped());
    update();
}

QSize LegendEntry::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    const QFontMetrics metrics(theme.font(TextRole::Small));
    return {metrics.horizontalAdvance(m_name + u' ' + m_value) + theme.px(30), metrics.height() + theme.px(8)};
}

void LegendEntry::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, theme.px(2)));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(4), theme.px(4));
    }
    const QRectF dash(theme.px(6), height() / 2.0 - theme.px(1), theme.px(11), theme.px(3));
    painter.setPen(isChecked() ? QPen(Qt::NoPen) : QPen(theme.textFaint, 1));
    painter.setBrush(isChecked() ? QBrush(theme.series(m_series)) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(dash, 1, 1);
    QFont font = theme.font(TextRole::Small);
    font.setStrikeOut(!isChecked());
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    const qreal valueWidth = metrics.horizontalAdvance(m_value);
    const QRectF text(theme.px(22), 0, width() - theme.px(26), height());
    const QString shownName = metrics.elidedText(m_name, Qt::ElideMiddle, text.width() - valueWidth - theme.px(4));
    painter.setPen(isChecked() ? theme.textDim : theme.textFaint);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, shownName);
    painter.setPen(!isChecked() ? theme.textFaint : m_failing ? theme.stateText(State::Down) : theme.text);
    painter.drawText(text.adjusted(metrics.horizontalAdvance(shownName + u' '), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     m_value);
}

Legend::Legend(Board *board, ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_board(board), m_theme(theme), m_more(new ChipButton(theme, {}, this)), m_menu(new QMenu(this))
{
    setObjectName(u"latencyLegend"_s);
    setAccessibleName(tr("Endpoints in the chart"));
    m_more->setObjectName(u"latencyLegendMore"_s);
    m_menu->setObjectName(u"latencyLegendMenu"_s);
    connect(m_more, &ChipButton::clicked, this, [this] {
        fillMenu();
        m_menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    connect(board, &Board::incidentChanged, this, &Legend::rebuild);
    connect(board, &Board::changed, this, &Legend::refresh);
    connect(board->series(), &SeriesStore::wasReset, this, &Legend::rebuild);
    connect(theme, &ThemeSource::changed, this, &Legend::arrange);
    rebuild();
}

void Legend::rebuild()
{
    qDeleteAll(m_entries);
    m_entries.clear();
    for (int series = 0; series < m_board->series()->count(); ++series) {
        auto *entry = new LegendEntry(m_theme, series, this);
        entry->setObjectName(u"latencyLegend:"_s + m_board->series()->name(series));
        const IncidentPtr &incident = m_board->incident();
        entry->setChecked(!incident || series >= incident->endpoints.size() || incident->endpoints[series].kind != Kind::Journey);
        connect(entry, &LegendEntry::toggled, this, [this, series](bool shown) { Q_EMIT toggled(series, shown); });
        m_entries.append(entry);
    }
    refresh();
}

void Legend::refresh()
{
    if (m_entries.size() != m_board->series()->count())
        return rebuild();
    const IncidentPtr &incident = m_board->incident();
    for (LegendEntry *entry : std::as_const(m_entries)) {
        const int series = entry->series();
        const bool known = incident && series < incident->endpoints.size();
        const ObservationPtr latest = known ? m_board->latest(incident->endpoints[series].key()) : nullptr;
        QString value = tr("no data");
        bool failing = false;
        if (latest) {
            failing = latest->failed();
            value = latest->answered  ? durationText(latest->latency)
                : latest->failure     ? QString(name(latest->failure->kind))
                                      : tr("no answer");
        } else if (const auto samples = m_board->series()->samples(series); !samples.empty()) {
            const Sample &newest = samples.back();
            failing = newest.failed();
            value = newest.latencyMs == newest.latencyMs ? durationText(fromMs(static_cast<double>(newest.latencyMs)))
                                                         : tr("no answer");
        }
        entry->setContent(known ? incident->endpoints[series].name : m_board->series()->name(series), value, failing);
    }
    arrange();
}

void Legend::arrange()
{
    const Theme &theme = m_theme->theme();
    QList<LegendEntry *> order = m_entries;
    std::stable_partition(order.begin(), order.end(), [](const LegendEntry *entry) { return entry->isFailing(); });
    const int entryAtMost = std::max(theme.px(90), std::min(theme.px(230), width()));
    const auto widthOf = [&](const LegendEntry *entry) { return std::min(entry->sizeHint().width(), entryAtMost); };
    const auto moreText = [](qsizetype count) { return tr("+%1 more").arg(count); };
    m_more->setText(moreText(order.size()));
    const int moreWidth = m_more->sizeHint().width();
    int x = 0;
    qsizetype fitting = 0;
    for (; fitting < order.size(); ++fitting) {
        const int reserve = fitting + 1 < order.size() ? moreWidth : 0;
        if (x + widthOf(order[fitting]) + reserve > width())
            break;
        x += widthOf(order[fitting]);
    }
    x = 0;
    QWidget *previous = nullptr;
    for (qsizetype i = 0; i < order.size(); ++i) {
        LegendEntry *entry = order[i];
        entry->setVisible(i < fitting);
        if (i >= fitting)
            continue;
        entry->setGeometry(x, (height() - entry->sizeHint().height()) / 2, widthOf(entry), entry->sizeHint().height());
        x += widthOf(entry);
        if (previous)
            setTabOrder(previous, entry);
        previous = entry;
    }
    m_overflowing = static_cast<int>(order.size() - fitting);
    m_more->setVisible(m_overflowing > 0);
    m_more->setText(moreText(m_overflowing));
    m_more->setAccessibleName(m_overflowing == 1 ? tr("1 more endpoint") : tr("%1 more endpoints").arg(m_overflowing));
    m_more->setGeometry(QRect(QPoint(x, (height() - m_more->sizeHint().height()) / 2), m_more->sizeHint()));
    if (previous)
        setTabOrder(previous, m_more);
}

void Legend::fillMenu()
{
    m_menu->clear();
    for (LegendEntry *entry : std::as_const(m_entries)) {
        if (entry->isVisibleTo(this))
            continue;
        QString text = entry->name() + u"  "_s + entry->value();
        QAction *action = m_menu->addAction(text.replace(u'&', u"&&"_s));
        action->setCheckable(true);
        action->setChecked(entry->isChecked());
        connect(action, &QAction::toggled, entry, &LegendEntry::setChecked);
    }
}

QList<LegendEntry *> Legend::shownEntries() const
{
    QList<LegendEntry *> shown;
    std::ranges::copy_if(m_entries, std::back_inserter(shown), [this](const LegendEntry *e) { return e->isVisibleTo(this); });
    std::ranges::sort(shown, {}, [](const LegendEntry *entry) { return entry->x(); });
    return shown;
}

QSize Legend::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(400), QFontMetrics(theme.font(TextRole::Small)).height() + theme.px(8)};
}

QSize Legend::minimumSizeHint() const { return {m_theme->theme().px(60), sizeHint().height()}; }

void Legend::resizeEvent(QResizeEvent *) { arrange(); }

} // namespace allclear

#include "widgets/latency/latencypanel.h"

#include "widgets/latency/chipbutton.h"
#include "widgets/theme/shapes.h"

#include <QPainter>
#include <QVBoxLayout>

namespace allclear {

using namespace Qt::StringLiterals;

LatencyPanel::LatencyPanel(Board *board, ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_title(new QLabel(tr("Latency"), this)), m_legend(new Legend(board, theme, this)),
      m_chart(new LatencyChart(board, theme, this)), m_ranges(new QButtonGroup(this))
{
    setObjectName(u"latencyPanel"_s);
    setAccessibleName(tr("Latency"));
    m_title->setObjectName(u"latencyTitle"_s);
    auto *column = new QVBoxLayout(this);
    auto *row = new QHBoxLayout;
    row->addWidget(m_title);
    row->addWidget(m_legend, 1);
    addRanges(row);
    column->addLayout(row);
    column->addWidget(m_chart, 1);
    connect(m_legend, &Legend::toggled, m_chart, &LatencyChart::setSeriesShown);
    connect(theme, &ThemeSource::changed, this, &LatencyPanel::applyTheme);
    applyTheme();
}

void LatencyPanel::addRanges(QHBoxLayout *row)
{
    struct Choice {
        Range range;
        QString text, spoken;
        const char *name;
    };
    const Choice choices[] = {
        {Range::Minutes15, tr("15 m"), tr("Show the last 15 minutes"), "range15m"},
        {Range::Hour, tr("1 h"), tr("Show the last hour"), "range1h"},
        {Range::Hours6, tr("6 h"), tr("Show the last 6 hours"), "range6h"},
        {Range::Day, tr("24 h"), tr("Show the last 24 hours"), "range24h"},
        {Range::Incident, tr("Incident"), tr("Show the whole incident"), "rangeIncident"},
    };
    for (const Choice &choice : choices) {
        auto *button = new ChipButton(m_theme, choice.text, this);
        button->setObjectName(QLatin1StringView(choice.name));
        button->setAccessibleName(choice.spoken);
        button->setToolTip(choice.spoken);
        button->setCheckable(true);
        button->setChecked(choice.range == m_chart->range());
        m_ranges->addButton(button, static_cast<int>(choice.range));
        row->addWidget(button);
    }
    connect(m_ranges, &QButtonGroup::idToggled, m_chart, [this](int id, bool checked) {
        if (checked)
            m_chart->setRange(static_cast<Range>(id));
    });
    auto *log = new ChipButton(m_theme, tr("log"), this);
    log->setObjectName(u"logScale"_s);
    log->setAccessibleName(tr("Logarithmic scale"));
    log->setToolTip(tr("Logarithmic scale"));
    log->setCheckable(true);
    connect(log, &ChipButton::toggled, m_chart,
            [this](bool on) { m_chart->setScale(on ? Scale::Logarithmic : Scale::Linear); });
    row->addWidget(log);
}

void LatencyPanel::applyTheme()
{
    const Theme &theme = m_theme->theme();
    m_title->setFont(theme.font(TextRole::Heading));
    QPalette palette = m_title->palette();
    palette.setColor(QPalette::WindowText, theme.text);
    m_title->setPalette(palette);
    layout()->setContentsMargins(theme.px(14), theme.px(8), theme.px(14), theme.px(8));
    layout()->setSpacing(theme.px(4));
    layout()->itemAt(0)->layout()->setSpacing(theme.px(4));
    update();
}

void LatencyPanel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintPanel(painter, rect(), m_theme->theme());
}

} // namespace allclear

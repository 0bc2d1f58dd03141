#include "widgets/theme/theme.h"

#include "widgets/theme/contrast.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyle>
#include <QStyleFactory>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

static void initLooks() { Q_INIT_RESOURCE(looks); } // must stand outside of a namespace

namespace allclear {

namespace {

constexpr double textContrast = 4.5;
constexpr double shapeContrast = 3.0;

// Contract 2, in the order of State.
constexpr std::array<QRgb, stateCount> stateColours = {0xff2bb58c, 0xffe6a817, 0xffe5533d, 0xff7d8792,
                                                       0xff5b8def, 0xffcc79a7, 0xff6c8ebf};
// Okabe and Ito's colour-blind safe set, vermilion last because it reads as `down`.
constexpr std::array<QRgb, Theme::seriesCount> seriesColours = {0xff56b4e9, 0xffcc79a7, 0xffe69f00, 0xff8fd14f,
                                               0xff009e73, 0xfff0e442, 0xff9d8df1, 0xffd55e00};

void darken(Theme &theme)
{
    theme.window = QColor(0x0d, 0x11, 0x16);
    theme.rail = QColor(0x11, 0x16, 0x1c);
    theme.panel = QColor(0x16, 0x1b, 0x22);
    theme.panelRaised = QColor(0x1e, 0x25, 0x2e);
    theme.border = QColor(0x2a, 0x31, 0x3b);
    theme.gridLine = QColor(0x21, 0x28, 0x31);
    theme.text = QColor(0xee, 0xf1, 0xf5);
    theme.textDim = QColor(0xb4, 0xbc, 0xc6);
    theme.textFaint = QColor(0x8b, 0x95, 0xa1);
    theme.accent = QColor(0x6a, 0x9b, 0xf4);
    theme.accentSoft = QColor(0x1d, 0x2c, 0x42);
    theme.chip = QColor(0x26, 0x2e, 0x38);
    theme.outageShade = QColor(0xe5, 0x53, 0x3d, 22);
}

void lighten(Theme &theme)
{
    theme.window = QColor(0xf3, 0xf5, 0xf8);
    theme.rail = QColor(0xe9, 0xed, 0xf2);
    theme.panel = QColor(0xff, 0xff, 0xff);
    theme.panelRaised = QColor(0xee, 0xf1, 0xf5);
    theme.border = QColor(0xd3, 0xd9, 0xe1);
    theme.gridLine = QColor(0xe6, 0xea, 0xef);
    theme.text = QColor(0x14, 0x1a, 0x22);
    theme.textDim = QColor(0x43, 0x4d, 0x59);
    theme.textFaint = QColor(0x5c, 0x67, 0x74);
    theme.accent = QColor(0x1f, 0x5f, 0xd0);
    theme.accentSoft = QColor(0xdc, 0xe8, 0xfb);
    theme.chip = QColor(0xe7, 0xeb, 0xf0);
    theme.outageShade = QColor(0xe5, 0x53, 0x3d, 20);
}

/// Contract 2's colours where they can be seen, moved as little as needed where they cannot. The raised panel is the
/// background that gives text the least contrast.
void derive(Theme &theme)
{
    for (std::size_t i = 0; i < stateColours.size(); ++i) {
        theme.stateFill[i] = withContrast(QColor(stateColours[i]), theme.panel, shapeContrast);
        theme.stateInk[i] = withContrast(QColor(stateColours[i]), theme.panelRaised, textContrast);
    }
    for (std::size_t i = 0; i < seriesColours.size(); ++i)
        theme.seriesInk[i] = withContrast(QColor(seriesColours[i]), theme.panel, shapeContrast);
}

struct RoleFont {
    int pixels;
    QFont::Weight weight;
};

RoleFont roleFont(TextRole role)
{
    switch (role) {
    case TextRole::Display: return {24, QFont::Bold};
    case TextRole::Value: return {22, QFont::Bold};
    case TextRole::Title: return {18, QFont::DemiBold};
    case TextRole::Heading: return {14, QFont::DemiBold};
    case TextRole::Body: return {13, QFont::Normal};
    case TextRole::Small: return {11, QFont::Normal};
    case TextRole::Caption: return {11, QFont::DemiBold};
    }
    return {13, QFont::Normal};
}

} // namespace

QColor Theme::state(State value) const { return stateFill[static_cast<std::size_t>(value)]; }
QColor Theme::stateText(State value) const { return stateInk[static_cast<std::size_t>(value)]; }

QColor Theme::criterion(CriterionState value) const
{
    switch (value) {
    case CriterionState::Met: return state(State::Up);
    case CriterionState::Holding: return state(State::Degraded);
    case CriterionState::Unmet: return state(State::Down);
    case CriterionState::Unknown: return state(State::Unknown);
    }
    return state(State::Unknown);
}

QColor Theme::series(int index) const
{
    return seriesInk[static_cast<std::size_t>(std::max(0, index)) % seriesCount];
}

QFont Theme::font(TextRole role) const
{
    const RoleFont wanted = roleFont(role);
    QFont font(u"Open Sans"_s);
    font.setPixelSize(px(wanted.pixels));
    font.setWeight(wanted.weight);
    font.setHintingPreference(QFont::PreferVerticalHinting);
    if (role == TextRole::Caption) {
        font.setCapitalization(QFont::AllUppercase);
        font.setLetterSpacing(QFont::AbsoluteSpacing, 0.5 * scale);
    }
    return font;
}

QPalette Theme::qtPalette() const
{
    QPalette palette;
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, panel);
    palette.setColor(QPalette::AlternateBase, panelRaised);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, textFaint);
    palette.setColor(QPalette::Button, panelRaised);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, stateText(State::Down));
    palette.setColor(QPalette::ToolTipBase, panelRaised);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Highlight, accentSoft);
    palette.setColor(QPalette::HighlightedText, text);
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::LinkVisited, accent);
    palette.setColor(QPalette::Light, blend(panelRaised, text, 0.12));
    palette.setColor(QPalette::Midlight, border);
    palette.setColor(QPalette::Mid, border);
    palette.setColor(QPalette::Dark, gridLine);
    palette.setColor(QPalette::Shadow, window);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, textFaint);
    return palette;
}

QString Theme::styleSheet() const
{
    // The outline of an unticked box is drawn here: Fusion's own almost vanishes on a near-black window.
    static const QString sheet = uR"(
QToolTip { background: %1; color: %2; border: 1px solid %3; padding: %8px; }
QScrollBar:vertical { background: transparent; width: %9px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: %9px; margin: 0; }
QScrollBar::handle { background: %4; border-radius: %8px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: %5; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QCheckBox { color: %2; spacing: %9px; }
QCheckBox::indicator { width: %10px; height: %10px; border: 1px solid %5; border-radius: 3px; background: %7; }
QCheckBox::indicator:checked { background: %6; border-color: %6; }
QCheckBox::indicator:focus { border: 2px solid %6; }
QPushButton { background: %1; color: %2; border: 1px solid %3; border-radius: 5px; padding: %8px %9px; }
QPushButton:hover { border-color: %5; }
QPushButton:focus { border-color: %6; }
QPushButton:disabled { color: %5; }
QLineEdit, QPlainTextEdit { background: %7; color: %2; border: 1px solid %3; border-radius: 5px; padding: %8px; }
QLineEdit:focus, QPlainTextEdit:focus { border-color: %6; }
QMenu { background: %1; color: %2; border: 1px solid %3; padding: %8px; }
QMenu::item { padding: %8px %9px; border-radius: 4px; }
QMenu::item:selected { background: %11; }
QScrollArea { background: transparent; border: none; }
)"_s;
    return sheet.arg(panelRaised.name(), text.name(), border.name(), blend(panel, text, 0.25).name(), textFaint.name(),
                     accent.name(), panel.name(), QString::number(px(4)), QString::number(px(10)))
        .arg(QString::number(px(14)), accentSoft.name());
}

Theme makeTheme(Appearance appearance, qreal scale)
{
    Theme theme;
    theme.appearance = appearance;
    theme.scale = std::clamp(scale, 1.0, 2.0);
    appearance == Appearance::Dark ? darken(theme) : lighten(theme);
    derive(theme);
    return theme;
}

ThemeSource::ThemeSource(Appearance appearance, qreal scale, QObject *parent)
    : QObject(parent), m_theme(makeTheme(appearance, scale))
{
}

void ThemeSource::setAppearance(Appearance appearance)
{
    if (m_theme.appearance == appearance)
        return;
    m_theme = makeTheme(appearance, m_theme.scale);
    Q_EMIT changed();
}

void ThemeSource::setScale(qreal scale)
{
    const Theme wanted = makeTheme(m_theme.appearance, scale);
    if (qFuzzyCompare(wanted.scale, m_theme.scale))
        return;
    m_theme = wanted;
    Q_EMIT changed();
}

void loadFonts()
{
    initLooks();
    for (const auto &file : {u":/fonts/OpenSans-Regular.ttf"_s, u":/fonts/OpenSans-Semibold.ttf"_s, u":/fonts/OpenSans-Bold.ttf"_s})
        QFontDatabase::addApplicationFont(file);
}

void dress(QApplication &application, const Theme &theme)
{
    if (application.styleSheet().isEmpty()) // the first time; a style sheet wraps the style it finds
        application.setStyle(QStyleFactory::create(u"Fusion"_s));
    application.setPalette(theme.qtPalette());
    application.setFont(theme.font(TextRole::Body));
    application.setStyleSheet(theme.styleSheet());
}

} // namespace allclear

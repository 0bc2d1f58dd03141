// The look as one value: colours, type and measures of the dark and the light appearance. Widgets are given a
// ThemeSource and repaint when it changes; nothing reads colours from anywhere else.
#pragma once

#include "core/vocabulary.h"

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

#include <array>

class QApplication;

namespace allclear {

enum class Appearance { Dark, Light };

/// The type scale; sizes in pixels at scale 1 stand beside each.
enum class TextRole {
    Display,  ///< 24 bold: header figures
    Value,    ///< 22 bold: a tile's big word
    Title,    ///< 18 semibold: the incident's title
    Heading,  ///< 14 semibold: tile and criterion names
    Body,     ///< 13 regular
    Small,    ///< 11 regular: ages, captions
    Caption,  ///< 11 semibold, letter-spaced capitals: panel headings
};

struct Theme {
    Appearance appearance = Appearance::Dark;
    qreal scale = 1.0; ///< text and measures, 1.0 … 2.0
    QColor window, rail, panel, panelRaised, border, gridLine;
    QColor text, textDim, textFaint; ///< all three meet WCAG AA (4.5:1) on panel and window
    QColor accent, accentSoft;       ///< focus, selection, links
    QColor chip;                     ///< background of "waits on …"
    QColor outageShade;              ///< behind the latency chart

    /// Contract 2's colour for shapes and bars (contrast 3:1 on panel in either appearance).
    QColor state(State state) const;
    /// The same hue made dark or light enough for text (4.5:1 on panel).
    QColor stateText(State state) const;
    QColor criterion(CriterionState state) const;
    /// Line colours for charts, colour-blind safe, cyclic.
    QColor series(int index) const;
    QFont font(TextRole role) const;
    int px(int at1) const { return qRound(at1 * scale); }
    QPalette qtPalette() const;
    QString styleSheet() const; ///< scroll bars, tool tips, check boxes, buttons, line edits, menus

    static constexpr std::size_t seriesCount = 8;
    // Filled in by makeTheme from the colours above; read them through the functions.
    std::array<QColor, stateCount> stateFill, stateInk;
    std::array<QColor, seriesCount> seriesInk;
};

Theme makeTheme(Appearance appearance, qreal scale = 1.0);

/// Owns the current theme; lives in the GUI thread, made by the application and passed down.
class ThemeSource : public QObject {
    Q_OBJECT
public:
    explicit ThemeSource(Appearance appearance, qreal scale = 1.0, QObject *parent = nullptr);
    const Theme &theme() const { return m_theme; }
    void setAppearance(Appearance appearance);
    void setScale(qreal scale);

Q_SIGNALS:
    void changed();

private:
    Theme m_theme;
};

/// Loads the bundled fonts (Open Sans); call once after QApplication was made.
void loadFonts();

/// Gives the application Fusion, the theme's palette, font and style sheet. Call again when the theme changed.
void dress(QApplication &application, const Theme &theme);

} // namespace allclear

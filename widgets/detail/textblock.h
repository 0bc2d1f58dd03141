// Read-only plain text that can be selected and copied, wraps anywhere, and is as high as its text up to a limit.
// Keeps a selection: text is replaced only when it differs, and never under a selection.
#pragma once

#include "widgets/theme/theme.h"

#include <QPlainTextEdit>

namespace allclear {

enum class TextLook { Plain, Dim, Bad, Warning, Code };

class TextBlock : public QPlainTextEdit {
    Q_OBJECT
public:
    TextBlock(ThemeSource *theme, TextLook look, QWidget *parent = nullptr);
    /// Hides itself when there is nothing to show.
    void setShown(const QString &text);
    void setLook(TextLook look);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void applyTheme();
    void adjustHeight();

    ThemeSource *m_theme;
    TextLook m_look;
    bool m_adjusting = false;
};

} // namespace allclear

// A flat text button in the theme's look: quiet at rest, a filled chip when checked, a ring when focused.
#pragma once

#include "widgets/theme/theme.h"

#include <QAbstractButton>

namespace allclear {

class ChipButton : public QAbstractButton {
    Q_OBJECT
public:
    ChipButton(ThemeSource *theme, const QString &text, QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    ThemeSource *m_theme;
};

} // namespace allclear

// A text button of the detail: outlined, quiet, with a ring when focused.
#pragma once

#include "widgets/theme/theme.h"

#include <QAbstractButton>

namespace allclear {

class FlatButton : public QAbstractButton {
    Q_OBJECT
public:
    FlatButton(ThemeSource *theme, const QString &text, QWidget *parent = nullptr);
    void setCaption(const QString &text);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ThemeSource *m_theme;
};

} // namespace allclear

// A sheet over the board that lists the keys. Esc, ? or a click closes it.
#pragma once

#include "widgets/theme/theme.h"

#include <QWidget>

namespace allclear {

struct KeyText {
    QString keys;
    QString does;
};

class KeysOverlay : public QWidget {
    Q_OBJECT
public:
    KeysOverlay(ThemeSource *theme, QList<KeyText> keys, QWidget *parent);
    const QList<KeyText> &keys() const { return m_keys; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    ThemeSource *m_theme;
    QList<KeyText> m_keys;
};

} // namespace allclear

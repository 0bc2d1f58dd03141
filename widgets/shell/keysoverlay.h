// A sheet over the board that lists the keys. Esc, ? or a click closes it.
#pragma once

#include "widgets/theme/page.h"
#include "widgets/theme/theme.h"

#include <QWidget>

namespace allclear {

class KeysOverlay : public QWidget {
    Q_OBJECT
public:
    KeysOverlay(ThemeSource *theme, const QList<KeyText> &keys, QWidget *parent);
    const QList<KeyText> &keys() const { return m_keys; }
    void setKeys(const QList<KeyText> &keys);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    ThemeSource *m_theme;
    QList<KeyText> m_keys;
};

} // namespace allclear

// A screen of the war-room: what the shell knows of each. Pages are made once, owned by the window, and stay alive
// while another is shown; a hidden page does no work for frames that nobody sees.
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

namespace allclear
{

struct KeyText {
    QString keys;
    QString does;
};

class Page : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    /// Esc: closes what was opened last on this page; false when there is nothing to close.
    virtual bool stepBack() { return false; }
    /// The page's own keys, for the list of keys.
    virtual QList<KeyText> keys() const { return {}; }
    /// Where the keyboard is when the page is shown.
    virtual QWidget *focusTarget() { return this; }

Q_SIGNALS:
    void componentOpened(const QString &component); ///< show its detail
};

} // namespace allclear

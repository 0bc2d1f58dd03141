// A bar over the board that says what is wrong with the file or with this computer. Dismissed, it stays away until it
// has something new to say.
#pragma once

#include "widgets/theme/theme.h"

#include <QPlainTextEdit>
#include <QToolButton>
#include <QWidget>

namespace allclear {

class NoticeBar : public QWidget {
    Q_OBJECT
public:
    enum class Lettering { Plain, Monospaced };
    NoticeBar(ThemeSource *theme, const QString &name, State state, Lettering lettering, QWidget *parent);

    /// Empty text hides it.
    void say(const QString &heading, const QString &text);
    QString heading() const { return m_heading; }
    QString text() const { return m_body->toPlainText(); }
    int heightNeeded() const;

Q_SIGNALS:
    void heightChanged(); ///< also when it is shown or hidden

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void applyTheme();
    void place();
    int headingHeight() const;

    ThemeSource *m_theme;
    State m_state;
    Lettering m_lettering;
    QString m_heading;
    QString m_said;
    QPlainTextEdit *m_body;
    QToolButton *m_close;
};

} // namespace allclear

// A state's shape beside a text that can be copied: one condition, one certificate.
#pragma once

#include "widgets/detail/textblock.h"

#include <QLabel>
#include <QVBoxLayout>

namespace allclear {

class StatusLine : public QWidget {
    Q_OBJECT
public:
    explicit StatusLine(ThemeSource *theme, QWidget *parent = nullptr);
    /// `word` says the state for those who cannot see the shape.
    void setContent(State state, const QString &word, const QString &text);
    QString text() const { return m_text->toPlainText(); }
    State state() const { return m_state; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void applyTheme();

    ThemeSource *m_theme;
    TextBlock *m_text;
    State m_state = State::Unknown;
};

/// A column of them that grows and shrinks without touching rows that stay.
class StatusList : public QWidget {
    Q_OBJECT
public:
    struct Row {
        State state;
        QString word;
        QString text;
    };
    StatusList(ThemeSource *theme, const QString &heading, QWidget *parent = nullptr);
    /// Hides itself when there are no rows.
    void setRows(const QList<Row> &rows);

private:
    void applyTheme();

    ThemeSource *m_theme;
    QLabel *m_heading;
    QVBoxLayout *m_column;
    QList<StatusLine *> m_lines;
};

} // namespace allclear

// A column of rows under a panel heading: the heading and a note at its right stand still, the rows scroll when they
// are too many, and share spare height when they are few.
#pragma once

#include "widgets/theme/theme.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

namespace allclear {

class ScrollColumn : public QWidget {
    Q_OBJECT
public:
    ScrollColumn(ThemeSource *theme, const QString &heading, QWidget *parent = nullptr);

    void setNote(const QString &note);
    QString note() const { return m_note->text(); }
    /// Takes ownership.
    void addRow(QWidget *row);
    void clearRows();
    /// Shown instead of rows while there are none.
    void setEmptyText(const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    ThemeSource *themeSource() const { return m_theme; }

private:
    void applyTheme();

    ThemeSource *m_theme;
    QLabel *m_heading;
    QLabel *m_note;
    QLabel *m_empty;
    QScrollArea *m_area;
    QVBoxLayout *m_rows;
};

} // namespace allclear

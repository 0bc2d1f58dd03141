// Where the time went: the phases of one probe as a waterfall, each with its name and milliseconds.
#pragma once

#include "widgets/detail/detailtext.h"
#include "widgets/theme/theme.h"

#include <QWidget>

namespace allclear {

/// Pure: where each phase begins and ends on a bar from 0 to 1. A phase that happened is never thinner than `thinnest`.
QList<std::pair<double, double>> phaseShares(const QList<PhasePart> &parts, double thinnest);

class PhaseBar : public QWidget {
    Q_OBJECT
public:
    explicit PhaseBar(ThemeSource *theme, QWidget *parent = nullptr);
    void setParts(const QList<PhasePart> &parts);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {1, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ThemeSource *m_theme;
    QList<PhasePart> m_parts;
};

} // namespace allclear

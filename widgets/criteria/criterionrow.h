// One success criterion: its shape or hold ring, title, detail, and the samples that prove it on demand.
#pragma once

#include "verdict/verdict.h"
#include "widgets/theme/theme.h"

#include <QAbstractButton>
#include <QLabel>

namespace allclear {

/// "api-health · 05:01:02 UTC", from "api-health@2025-09-16T05:01:02.003Z".
QString evidenceText(const QString &evidence);
/// What a screen reader says of the row.
QString criterionText(const CriterionStatus &criterion);
/// How much of the hold window has passed, 0 … 1.
qreal heldShare(const CriterionStatus &criterion);

class EvidenceLink : public QAbstractButton {
    Q_OBJECT
public:
    EvidenceLink(ThemeSource *theme, QWidget *parent);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ThemeSource *m_theme;
};

class CriterionRow : public QWidget {
    Q_OBJECT
public:
    CriterionRow(ThemeSource *theme, int row, QWidget *parent = nullptr);
    void setCriterion(const CriterionStatus &criterion);
    bool isExpanded() const { return m_link->isChecked(); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void applyTheme();
    void arrange();
    void showEvidence();
    int textLeft() const;
    int textWidth(int width) const;
    int titleHeight(int width) const;
    int headHeight(int padding) const;
    int evidenceHeight() const;

    ThemeSource *m_theme;
    CriterionStatus m_criterion;
    EvidenceLink *m_link;
    QLabel *m_evidence;
    bool m_first;
};

} // namespace allclear

// Everything known of one endpoint's latest result; folds away under its heading.
#pragma once

#include "items/board.h"
#include "widgets/detail/flatbutton.h"
#include "widgets/detail/phasebar.h"
#include "widgets/detail/statusline.h"

#include <QVBoxLayout>
#include <QWidget>

namespace allclear {

/// The heading of a section: the state's shape, the endpoint's name, its state in words; a button that folds.
class SectionHeading : public QAbstractButton {
    Q_OBJECT
public:
    explicit SectionHeading(ThemeSource *theme, QWidget *parent = nullptr);
    void setContent(const QString &name, State state, const QString &note);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ThemeSource *m_theme;
    QString m_name, m_note;
    State m_state = State::Unknown;
};

class EndpointSection : public QWidget {
    Q_OBJECT
public:
    EndpointSection(Board *board, ThemeSource *theme, const EndpointKey &key, QWidget *parent = nullptr);
    void setExpanded(bool expanded);
    /// Takes in what the board knows now; touches only what differs.
    void refresh();

private:
    void showObservation(const Observation &observation);
    void showCertificates(const Observation &observation);
    void applyTheme();
    TextBlock *addText(TextLook look, const char *name, const QString &spoken);
    TextBlock *addTitled(const QString &title, TextLook look, const char *name);

    Board *m_board;
    ThemeSource *m_theme;
    EndpointKey m_key;
    ObservationPtr m_shown;
    SectionHeading *m_heading;
    QWidget *m_body;
    QVBoxLayout *m_column;
    QList<std::pair<QLabel *, QWidget *>> m_titled; ///< captions, shown with what they name
    FlatButton *m_rerun;
    TextBlock *m_target, *m_badge, *m_facts, *m_outcome;
    PhaseBar *m_phases;
    StatusList *m_steps, *m_conditions, *m_degraded, *m_certificates;
    TextBlock *m_conversation, *m_chain, *m_notes, *m_hops, *m_headers, *m_excerpt;
};

} // namespace allclear

// One box of the suspected-cause graph: a component, or several drawn as one.
#pragma once

#include "widgets/causes/causegraph.h"
#include "widgets/theme/theme.h"

#include <QAbstractButton>

namespace allclear {

class CauseBox : public QAbstractButton {
    Q_OBJECT
public:
    CauseBox(ThemeSource *theme, QWidget *parent);
    void setNode(const CauseNode &node);
    const CauseNode &node() const { return m_node; }
    /// Room around the frame for the state's shape, in widget pixels.
    static int overhang(const Theme &theme) { return theme.px(6); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ThemeSource *m_theme;
    CauseNode m_node;
};

} // namespace allclear

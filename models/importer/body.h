// What of a text is the issue: front matter read and taken out, a body that was pasted inside a code fence taken out of
// it. Pure. Lines keep their numbers: what is taken out leaves an empty line.
#pragma once

#include "importer/draft.h"

namespace allclear::issue
{

struct Body {
    QString text;
    QList<Fact> frontMatter;
    QList<Finding> findings;
};

Body bodyOf(const QString &text);

} // namespace allclear::issue

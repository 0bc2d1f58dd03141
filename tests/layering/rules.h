// Which layer may include what. Pure: made-up files are checked like real ones.
#pragma once

#include <QHash>
#include <QList>
#include <QRegularExpression>
#include <QString>
#include <QStringList>

#include <algorithm>

namespace allclear::layering {

using namespace Qt::StringLiterals;

struct Layer {
    QString folder;        ///< "models/core": sources below it belong to the layer
    QStringList layers;    ///< folders whose headers it may include, besides its own
    QStringList qtModules;
    QStringList libraries; ///< first path component of other libraries' headers: "openssl"
};

struct Source {
    QString path; ///< from the repository's root
    QString text;
};

/// Which Qt module a header belongs to: "QWidget" and "qwidget.h" → "QtWidgets".
using HeaderModules = QHash<QString, QString>;

inline QStringList under(const QString &folder, const QStringList &names)
{
    QStringList folders;
    std::ranges::transform(names, std::back_inserter(folders), [&](const QString &name) { return folder + name; });
    return folders;
}

inline Layer model(const QString &name, const QString &uses = {}, const QStringList &qtModules = {},
                   const QStringList &libraries = {})
{
    return {u"models/"_s + name, under(u"models/"_s, uses.split(u' ', Qt::SkipEmptyParts)), QStringList{u"QtCore"_s} + qtModules,
            libraries};
}

inline Layer widget(const QString &name, const QString &widgets, const QString &models, const QStringList &qtModules = {})
{
    return {u"widgets/"_s + name,
            under(u"widgets/"_s, widgets.split(u' ', Qt::SkipEmptyParts))
                + under(u"models/"_s, models.split(u' ', Qt::SkipEmptyParts)),
            QStringList{u"QtCore"_s, u"QtGui"_s, u"QtWidgets"_s} + qtModules,
            {}};
}

/// The one allow-table.
inline QList<Layer> allowTable()
{
    const QString shown = u"items verdict incident core"_s;
    const QString everyModel =
        u"core conditions incident probes engine verdict history items importer publish rehearsal"_s;
    QList<Layer> table{
        model(u"core"_s),
        model(u"conditions"_s, u"core"_s),
        model(u"incident"_s, u"conditions core"_s, {}, {u"yaml-cpp"_s}),
        model(u"probes"_s, u"conditions core"_s, {u"QtNetwork"_s}, {u"openssl"_s, u"nghttp2"_s, u"hiredis"_s}),
        model(u"verdict"_s, u"incident conditions core"_s),
        model(u"engine"_s, u"probes incident verdict conditions core"_s, {u"QtNetwork"_s}),
        model(u"history"_s, u"core"_s, {u"QtSql"_s}),
        model(u"items"_s, u"verdict incident core"_s),
        model(u"importer"_s, u"verdict incident conditions core"_s, {}, {u"md4c"_s}),
        model(u"publish"_s, u"verdict incident core"_s, {}, {u"nlohmann"_s}),
        model(u"rehearsal"_s, u"core"_s, {u"QtNetwork"_s, u"QtWebSockets"_s}, {u"openssl"_s}),
        widget(u"theme"_s, {}, u"core"_s, {u"QtSvg"_s}),
        widget(u"tiles"_s, u"theme"_s, shown),
        widget(u"latency"_s, u"theme"_s, shown, {u"QtCharts"_s}),
        widget(u"criteria"_s, u"theme"_s, shown),
        widget(u"causes"_s, u"theme"_s, shown),
        widget(u"detail"_s, u"theme"_s, shown),
        widget(u"shell"_s, u"theme tiles latency criteria causes detail"_s, shown),
    };
    const QStringList models = under(u"models/"_s, everyModel.split(u' '));
    const QStringList wiring{u"app/wiring"_s};
    table.append({u"app/wiring"_s, models, {u"QtCore"_s}, {}});
    table.append({u"app/cli"_s, models + wiring, {u"QtCore"_s}, {u"CLI"_s}});
    table.append({u"app/board"_s,
                  models + wiring + under(u"widgets/"_s, {u"theme"_s, u"tiles"_s, u"latency"_s, u"criteria"_s, u"causes"_s, u"detail"_s, u"shell"_s}),
                  {u"QtCore"_s, u"QtGui"_s, u"QtWidgets"_s},
                  {u"CLI"_s}});
    return table;
}

struct Include {
    int line = 0;
    QString header;
    bool quoted = false;
    QString shown() const { return quoted ? u'"' + header + u'"' : u'<' + header + u'>'; }
};

inline QList<Include> includesOf(const QString &text)
{
    static const QRegularExpression directive(u"^\\s*#\\s*include\\s*(?:<([^>]+)>|\"([^\"]+)\")"_s);
    QList<Include> includes;
    int line = 0;
    for (const QString &content : text.split(u'\n')) {
        ++line;
        if (const auto match = directive.match(content); match.hasMatch())
            includes.append({line, match.captured(1) + match.captured(2), match.hasCaptured(2)});
    }
    return includes;
}

/// "QtWidgets/QWidget", "QtWidgets", "QWidget", "qwidget.h"; empty when it is no header of Qt's.
inline QString qtModuleOf(const QString &header, const HeaderModules &modules)
{
    if (const auto module = modules.constFind(header); module != modules.constEnd())
        return *module;
    static const QRegularExpression qualified(u"^Qt[A-Z][A-Za-z]*(?=/|$)"_s);
    return qualified.match(header).captured();
}

/// The layer that a header of ours is written as: "core/time.h" → "models/core"; empty when it is none.
inline QString layerOf(const QString &header, const QList<Layer> &table)
{
    for (const QString &path : {header, u"models/"_s + header}) {
        for (const Layer &layer : table) {
            if (path.startsWith(layer.folder + u'/'))
                return layer.folder;
        }
    }
    return {};
}

/// What is wrong with one include of the layer; empty: nothing.
inline QString complaintAbout(const Include &include, const Layer &layer, const QList<Layer> &table,
                              const HeaderModules &modules)
{
    const QString &header = include.header;
    const QString refusal = layer.folder + u" must not include "_s + include.shown();
    if (const QString module = qtModuleOf(header, modules); !module.isEmpty())
        return layer.qtModules.contains(module) ? QString() : refusal + u" (%1)"_s.arg(module);
    if (include.quoted) {
        if (header.endsWith(u".moc"_s))
            return {};
        if (header.startsWith(u'.') || !header.contains(u'/'))
            return include.shown() + u" must be written from the root"_s;
        const QString other = layerOf(header, table);
        if (other.isEmpty())
            return include.shown() + u" is in no layer"_s;
        return other == layer.folder || layer.layers.contains(other) ? QString() : refusal + u" (%1)"_s.arg(other);
    }
    const QString library = header.section(u'/', 0, 0);
    static const QStringList system{u"sys"_s, u"netinet"_s, u"arpa"_s, u"linux"_s};
    const bool allowed = !header.contains(u'/') || system.contains(library) || layer.libraries.contains(library);
    return allowed ? QString() : refusal;
}

/// One sentence a violation: "models/core/time.h:7: models/core must not include <QWidget> (QtWidgets)".
inline QStringList violations(const Source &source, const QList<Layer> &table, const HeaderModules &modules)
{
    const auto layer = std::ranges::find_if(
        table, [&](const Layer &candidate) { return source.path.startsWith(candidate.folder + u'/'); });
    if (layer == table.end())
        return {source.path + u": belongs to no layer"_s};
    QStringList found;
    for (const Include &include : includesOf(source.text)) {
        const QString complaint = complaintAbout(include, *layer, table, modules);
        if (!complaint.isEmpty())
            found.append(u"%1:%2: %3"_s.arg(source.path).arg(include.line).arg(complaint));
    }
    return found;
}

} // namespace allclear::layering

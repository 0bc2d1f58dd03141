#include "history/storefile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace allclear::history {

using namespace Qt::StringLiterals;

namespace {

constexpr auto ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

MaybeFault makeFolder(const QString &path)
{
    if (QFileInfo(path).isDir())
        return {};
    const QString parent = QFileInfo(path).absolutePath();
    if (parent == path)
        return Fault{Fault::Kind::Unusable, u"there is no folder %1"_s.arg(path)};
    if (auto fault = makeFolder(parent))
        return fault;
    if (!QDir().mkdir(path, ownerOnly | QFile::ExeOwner) && !QFileInfo(path).isDir())
        return Fault{Fault::Kind::Unusable, u"the folder %1 cannot be made"_s.arg(path)};
    return {};
}

} // namespace

MaybeFault makeFile(const QString &path)
{
    if (auto fault = makeFolder(QFileInfo(path).absolutePath()))
        return fault;
    if (QFileInfo(path).isDir())
        return Fault{Fault::Kind::Corrupt, u"a folder stands in its place"_s};
    QFile file(path);
    if (file.exists()) {
        file.setPermissions(ownerOnly); // a file of another user's stays as it is; opening it then says so
        return {};
    }
    if (!file.open(QIODevice::WriteOnly, ownerOnly))
        return Fault{Fault::Kind::Unusable, file.errorString()};
    return {};
}

MaybeFault setAside(const QString &path, TimePoint now, QString &aside)
{
    QString stamp = toIso(now);
    stamp.remove(u'-').remove(u':').remove(u'.');
    const QString base = path + ".corrupt-"_L1 + stamp;
    aside = base;
    for (int copy = 2; QFileInfo::exists(aside); ++copy)
        aside = base + u'-' + QString::number(copy);
    if (!QDir().rename(path, aside))
        return Fault{Fault::Kind::Unusable, u"the damaged file cannot be renamed to %1"_s.arg(aside)};
    // The log belongs to the damaged file: left behind, it would be replayed into the new one.
    for (const auto tail : {"-wal"_L1, "-shm"_L1}) {
        if (QFileInfo::exists(path + tail) && !QDir().rename(path + tail, aside + tail))
            return Fault{Fault::Kind::Unusable, u"%1 cannot be renamed"_s.arg(path + tail)};
    }
    return {};
}

} // namespace allclear::history

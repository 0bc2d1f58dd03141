#include "app/wiring/livefile.h"

#include <QCryptographicHash>
#include <QFileInfo>

namespace allclear {

namespace {
constexpr std::chrono::milliseconds settleTime{150};
}

LiveFile::LiveFile(const QString &path, QObject *parent)
    : QObject(parent), m_path(QFileInfo(path).absoluteFilePath()), m_watcher(this), m_settle(this)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleTime);
    connect(&m_settle, &QTimer::timeout, this, &LiveFile::look);
    const auto settle = qOverload<>(&QTimer::start);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, settle);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, settle);
}

ReadResult LiveFile::read()
{
    watch();
    m_digest = digest();
    return readIncidentFile(m_path);
}

void LiveFile::watch()
{
    m_watcher.addPath(QFileInfo(m_path).absolutePath());
    if (QFileInfo::exists(m_path) && !m_watcher.files().contains(m_path))
        m_watcher.addPath(m_path);
}

void LiveFile::look()
{
    watch();
    QByteArray now = digest();
    if (now == m_digest)
        return;
    m_digest = std::move(now);
    Q_EMIT changed(readIncidentFile(m_path));
}

/// Empty when the file is not there or cannot be read.
QByteArray LiveFile::digest() const
{
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QCryptographicHash::hash(file.read(maxIncidentBytes + 1), QCryptographicHash::Sha256);
}

} // namespace allclear

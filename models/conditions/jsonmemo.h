// Remembers the JSON of one byte array, so that ten conditions on a 4 MiB body parse it once.
// A value: copies share what was parsed. One object is used from one thread at a time, like the Evidence it is in.
#pragma once

#include <QByteArray>
#include <QJsonValue>

#include <memory>
#include <optional>

namespace allclear {

class JsonMemo {
public:
    /// The root of `bytes`, parsed on the first call and again only for other bytes; nothing when it is not JSON.
    /// Takes every JSON text (RFC 8259): a lone number, string, boolean or null as well as an object or array.
    std::optional<QJsonValue> root(const QByteArray &bytes) const;

private:
    struct Parsed {
        QByteArray source; // shares the bytes: while it is held, the same address means the same content
        std::optional<QJsonValue> root;
    };
    mutable std::shared_ptr<const Parsed> m_parsed;
};

} // namespace allclear

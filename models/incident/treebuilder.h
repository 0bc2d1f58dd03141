// yaml-cpp's events → Values. Only document.cpp uses it.
#pragma once

#include "incident/document.h"

#include <QHash>
#include <QSet>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <vector>

namespace allclear::reading {

class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(const Document &document, Diagnostics &diagnostics) : m_document(document), m_diagnostics(diagnostics) {}

    /// The document just read, null when it was empty; ready for the next one afterwards.
    ValuePtr takeRoot() { return std::exchange(m_root, nullptr); }
    SourceMark documentMark() const { return m_documentMark; }
    /// Byte offset and place of the last scalar in quotes; -1 when there was none.
    int lastQuotedOffset() const { return m_lastQuotedOffset; }
    SourceMark lastQuotedMark() const { return m_lastQuotedMark; }

    void OnDocumentStart(const YAML::Mark &mark) override { m_documentMark = at(mark); }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, const std::string &value) override;
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override { close(); }

private:
    struct Frame {
        std::shared_ptr<Value> value;
        YAML::anchor_t anchor = 0;
        ValuePtr key;
        QHash<QString, SourceMark> keys;
    };

    SourceMark at(const YAML::Mark &mark) const { return m_document.mark(mark.line, mark.column); }
    void open(Value::Type type, const YAML::Mark &mark, YAML::anchor_t anchor);
    void close();
    void place(ValuePtr value, YAML::anchor_t anchor);
    void addKey(Frame &frame, ValuePtr key);
    void addValue(Frame &frame, const ValuePtr &value);
    void grow(Value &parent, const Value &child);
    void error(SourceMark mark, const QString &message, const QString &suggestion);

    const Document &m_document;
    Diagnostics &m_diagnostics;
    std::vector<Frame> m_stack;
    QHash<YAML::anchor_t, ValuePtr> m_anchors;
    ValuePtr m_root;
    SourceMark m_documentMark;
    int m_lastQuotedOffset = -1;
    SourceMark m_lastQuotedMark;
    bool m_tooLarge = false;
};

} // namespace allclear::reading

// Which words were meant: for "did you mean".
#include "conditions/names.h"

#include <algorithm>
#include <array>
#include <vector>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array fields = {
    FieldName{QLatin1StringView("STATUS"), Field::Status},
    FieldName{QLatin1StringView("RESPONSE_TIME"), Field::ResponseTime},
    FieldName{QLatin1StringView("IP"), Field::Ip},
    FieldName{QLatin1StringView("BODY"), Field::Body},
    FieldName{QLatin1StringView("CONNECTED"), Field::Connected},
    FieldName{QLatin1StringView("CERTIFICATE_EXPIRATION"), Field::CertificateExpiration},
    FieldName{QLatin1StringView("DOMAIN_EXPIRATION"), Field::DomainExpiration},
    FieldName{QLatin1StringView("DNS_RCODE"), Field::DnsRcode},
    FieldName{QLatin1StringView("CONTEXT"), Field::Context},
    FieldName{QLatin1StringView("HEADER"), Field::Header},
    FieldName{QLatin1StringView("CHAIN"), Field::Chain},
    FieldName{QLatin1StringView("TLS_VERSION"), Field::TlsVersion},
    FieldName{QLatin1StringView("MESSAGE"), Field::Message},
    FieldName{QLatin1StringView("PHASE"), Field::Phase},
    FieldName{QLatin1StringView("CODE"), Field::Code},
    FieldName{QLatin1StringView("VALUE"), Field::Value},
    FieldName{QLatin1StringView("LABELS"), Field::Labels},
    FieldName{QLatin1StringView("SERIES"), Field::Series}};

constexpr std::array functions = {
    FunctionName{QLatin1StringView("pat"), Function::Pat},     FunctionName{QLatin1StringView("any"), Function::Any},
    FunctionName{QLatin1StringView("len"), Function::Len},     FunctionName{QLatin1StringView("has"), Function::Has},
    FunctionName{QLatin1StringView("matches"), Function::Matches},
    FunctionName{QLatin1StringView("p50"), Function::P50},     FunctionName{QLatin1StringView("p95"), Function::P95},
    FunctionName{QLatin1StringView("p99"), Function::P99},     FunctionName{QLatin1StringView("max"), Function::Max},
    FunctionName{QLatin1StringView("mean"), Function::Mean}};

// Letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
int distance(QStringView a, QStringView b)
{
    const auto rows = static_cast<std::size_t>(a.size()) + 1;
    const auto columns = static_cast<std::size_t>(b.size()) + 1;
    std::vector<std::vector<int>> d(rows, std::vector<int>(columns));
    for (std::size_t i = 0; i < rows; ++i)
        d[i][0] = static_cast<int>(i);
    for (std::size_t j = 0; j < columns; ++j)
        d[0][j] = static_cast<int>(j);
    const auto letter = [](QStringView text, std::size_t index) { return text[static_cast<qsizetype>(index)].toUpper(); };
    for (std::size_t i = 1; i < rows; ++i) {
        for (std::size_t j = 1; j < columns; ++j) {
            const int change = letter(a, i - 1) == letter(b, j - 1) ? 0 : 1;
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
            const bool swapped = i > 1 && j > 1 && letter(a, i - 1) == letter(b, j - 2)
                && letter(a, i - 2) == letter(b, j - 1);
            if (swapped)
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[rows - 1][columns - 1];
}

} // namespace

std::span<const FieldName> fieldNames() { return fields; }
std::span<const FunctionName> functionNames() { return functions; }

std::optional<Field> fieldFrom(QStringView word)
{
    const auto found = std::ranges::find_if(
        fields, [word](const FieldName &field) { return word.compare(field.name, Qt::CaseInsensitive) == 0; });
    return found == fields.end() ? std::nullopt : std::optional(found->field);
}

std::optional<Function> functionFrom(QStringView word)
{
    const auto found = std::ranges::find_if(functions, [word](const FunctionName &f) { return word == f.name; });
    return found == functions.end() ? std::nullopt : std::optional(found->function);
}

QString nearest(QStringView word, std::span<const QLatin1StringView> candidates, int maxDistance)
{
    QString best;
    int bestDistance = maxDistance + 1;
    if (word.size() > 40)
        return best;
    for (const QLatin1StringView candidate : candidates) {
        // A word that shares no letter in place is no misspelling: "[AB]" is not "[IP]".
        const int limit = std::min<int>(bestDistance, static_cast<int>(candidate.size()));
        const int apart = distance(word, QString(candidate));
        if (apart < limit) {
            best = candidate;
            bestDistance = apart;
        }
    }
    return best;
}

QString nearestField(QStringView word, int maxDistance)
{
    std::vector<QLatin1StringView> names;
    names.reserve(fields.size());
    for (const FieldName &field : fields)
        names.push_back(field.name);
    return nearest(word, names, maxDistance);
}

QString nearestFunction(QStringView word)
{
    std::vector<QLatin1StringView> names;
    names.reserve(functions.size());
    for (const FunctionName &function : functions)
        names.push_back(function.name);
    return nearest(word, names, 2);
}

} // namespace allclear

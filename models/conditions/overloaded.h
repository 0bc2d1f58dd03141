// One lambda an alternative: std::visit(Overloaded{…}, variant).
#pragma once

namespace allclear {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

} // namespace allclear

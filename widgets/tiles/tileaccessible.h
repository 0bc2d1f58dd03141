// What a screen reader sees of the grid: a list with one item a tile, named by accessibleText(), that can be opened
// and probed again.
#pragma once

namespace allclear {

class TileGrid;

/// Teaches Qt about TileGrid; any number of calls.
void installTileAccessibility();

// Told by the grid.
void tileRowsReset(TileGrid *grid);
void tileStateChanged(TileGrid *grid, int row);
void tileFocused(TileGrid *grid, int row);

} // namespace allclear

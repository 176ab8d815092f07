namespace DToC.Twin.Models.Trees;

/// <summary>An inner node of a tree.</summary>
/// <param name="Input">Place of the input it reads.</param>
/// <param name="Test">What it asks of it.</param>
/// <param name="Threshold">What the input is compared with; finite. 0 for <see cref="SplitTest.In"/>.</param>
/// <param name="Left">
/// Where a row goes for which the test holds: the place of a split of the tree, or, for the leaf at place l, ~l.
/// </param>
/// <param name="Right">Where the other rows go.</param>
/// <param name="Missing">What counts as missing.</param>
/// <param name="IsMissingLeft">Whether what is missing goes left.</param>
/// <param name="Set">Place of the tree's set of categories, for <see cref="SplitTest.In"/>; else -1.</param>
public readonly record struct TreeSplit(
    int Input, SplitTest Test, double Threshold, int Left, int Right, MissingRule Missing = MissingRule.Absent,
    bool IsMissingLeft = false, int Set = -1);

/// <summary>A leaf of a tree.</summary>
/// <param name="Value">What it adds to the output, before the tree's weight; at most 1e30 either way.</param>
/// <param name="Cover">
/// How many rows it was fitted on, or the sum of their weights; 0 when no row, or when it is not known.
/// </param>
public readonly record struct TreeLeaf(double Value, double Cover = 0);

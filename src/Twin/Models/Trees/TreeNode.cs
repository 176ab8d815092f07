namespace DToC.Twin.Models.Trees;

/// <summary>What a packed node is.</summary>
internal enum NodeKind : byte
{
    /// <summary>Goes right when its column is above the threshold. A leaf is one that never does.</summary>
    Ordered,

    /// <summary>Goes left when its column equals the threshold, or is missing and goes left.</summary>
    Equal,

    /// <summary>Goes left when its column is in the set that starts at the threshold's word.</summary>
    Set,
}

/// <summary>
/// A node as it is walked: 16 bytes, the children side by side. A leaf keeps its weighted value as threshold, reads
/// the column that is minus infinity, and so leads to itself: a walk may take more steps than there are.
/// </summary>
internal struct TreeNode
{
    public double Threshold;
    public int Left;
    public ushort Column;
    public NodeKind Kind;
    public bool IsLeaf;
}

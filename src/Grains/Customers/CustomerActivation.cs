using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>A customer's state in memory.</summary>
/// <param name="twin">The twin's state.</param>
/// <param name="segments">What it remembers of segments; null for nothing.</param>
public sealed class CustomerActivation(CustomerState twin, SegmentStanding? segments = null) : GrainState
{
    /// <summary>The twin's state.</summary>
    public CustomerState Twin { get; internal set; } = twin;

    /// <summary>
    /// What the customer remembers of segments. It belongs to turns, not to what is folded: no refold makes it.
    /// </summary>
    public SegmentStanding Segments { get; } = segments ?? new SegmentStanding(twin.Plan.Segmentation);
}

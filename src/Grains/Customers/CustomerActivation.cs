using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>A customer's state in memory.</summary>
public sealed class CustomerActivation(CustomerState twin) : GrainState
{
    /// <summary>The twin's state.</summary>
    public CustomerState Twin { get; internal set; } = twin;
}

namespace DToC.Twin.Simulation;

/// <summary>The most a simulation may ask for. What lies above is refused, never cut.</summary>
public static class SimulationLimits
{
    /// <summary>Weeks ahead.</summary>
    public const int Weeks = 520;

    /// <summary>Scenarios beside the baseline.</summary>
    public const int Scenarios = 32;

    /// <summary>Levers of one scenario.</summary>
    public const int Levers = 32;

    /// <summary>
    /// Orders of one member on one path. One who would make more is stopped there, and counted
    /// (<see cref="MemberRemark.TooManyOrders"/>).
    /// </summary>
    public const int OrdersPerMember = 20_000;
}

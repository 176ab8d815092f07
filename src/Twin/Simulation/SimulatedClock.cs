using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Moments of a simulation in the calendar. What is simulated happens by day, from 9 to 20 o'clock of local time: at
/// what hour a customer does things is not simulated, and quiet hours are for those who sleep.
/// </summary>
internal sealed class SimulatedClock(LocalTime localTime)
{
    private const double MsPerWeek = 7.0 * Instant.DayMs;
    private const long FirstHour = 9;
    private const long LastHour = 20;

    /// <summary>The moment the simulation begins.</summary>
    public Instant Now { get; set; }

    /// <summary>The moment so many weeks from then.</summary>
    public Instant At(double weeks)
    {
        var at = Now.PlusMs((long)(weeks * MsPerWeek));
        var local = at.PlusMs(localTime.OffsetMs(at));
        var ofDay = local.UnixMs - local.Day * Instant.DayMs;
        var moved = FirstHour * Instant.HourMs + ofDay / 24 * (LastHour - FirstHour);
        return Instant.Max(Now, at.PlusMs(moved - ofDay));
    }
}

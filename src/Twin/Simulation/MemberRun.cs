using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Simulation;

/// <summary>
/// Runs members forward: loads one, then runs it through all scenarios of as many worlds as one likes. Scratch of one
/// thread, reused from member to member; after the first ones it allocates nothing. A member's path is a function of
/// its key, its state, the moment and the world: not of other members, other threads, or what was run before.
/// </summary>
public sealed class MemberRun
{
    private readonly MemberReading _reading;
    private readonly MemberPath _path;
    private readonly MemberRules? _rules;

    /// <summary>Scratch for members under a plan.</summary>
    /// <param name="premises">What is simulated; of worlds of the same plan.</param>
    /// <param name="scenarios">The scenarios the worlds are drawn with.</param>
    public MemberRun(Premises premises, ScenarioSet scenarios)
    {
        ArgumentNullException.ThrowIfNull(premises);
        ArgumentNullException.ThrowIfNull(scenarios);
        _reading = new MemberReading(premises, scenarios);
        _rules = scenarios.WithRules ? new MemberRules(premises, scenarios) : null;
        _path = new MemberPath(premises, scenarios, _reading, _rules);
    }

    /// <summary>
    /// Reads a member's state as it stands, and says whether the member takes part. The state is not changed.
    /// </summary>
    /// <param name="state">The state, under the premises' plan; not needed any more afterwards.</param>
    /// <param name="key">Id of the customer: what it draws hangs on it.</param>
    /// <param name="now">The moment the simulation begins, the same for all members.</param>
    public MemberStanding Load(CustomerState state, string key, Instant now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(key);
        var standing = _reading.Load(state, StableHash.Of(key), now);
        if (standing == MemberStanding.Simulated) _rules?.Load(state, key, now);
        return standing;
    }

    /// <summary>
    /// Runs the member loaded through all scenarios of a world and adds what comes of it; of one who takes no part only
    /// that it does not.
    /// </summary>
    public void Run(World world, Tally tally)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(tally);
        tally.Count(_reading.Standing);
        _path.Clear();
        if (_reading.Standing == MemberStanding.Simulated) _path.Run(world, tally);
    }

    /// <summary>What came of the member in the last run, over all weeks; 0 of one who takes no part.</summary>
    /// <param name="scenario">Slot of the scenario, 0 for the baseline.</param>
    /// <param name="measure">
    /// The measure: <see cref="Measure.Active"/> is 1 for one who is still there in the end,
    /// <see cref="Measure.SatisfactionMicro"/> a sum over the weeks one was.
    /// </param>
    public long Outcome(int scenario, Measure measure) => _path.Outcome(scenario, measure);
}

using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Sums over members on one path of everybody, by scenario and week. All are whole numbers, so that the sums of any
/// parts, added in any order, are the same. One writer at a time.
/// </summary>
public sealed class Tally
{
    private static readonly int Standings = Enum.GetValues<MemberStanding>().Length;
    private static readonly int Remarks = Enum.GetValues<MemberRemark>().Length;

    private readonly long[] _numbers;
    private readonly int _moves;
    private readonly int _members;

    /// <summary>Sums of nothing.</summary>
    /// <param name="plan">Whose journey stages are counted.</param>
    /// <param name="scenarios">The scenarios.</param>
    public Tally(TwinPlan plan, ScenarioSet scenarios)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(scenarios);
        (Scenarios, Weeks, Stages) = (scenarios.Count, scenarios.Weeks, plan.Fold.Journey.Stages.Count);
        _moves = Scenarios * Weeks * Measures.Count;
        _members = _moves + Scenarios * Weeks * Stages;
        _numbers = new long[_members + Standings + Remarks];
    }

    /// <summary>Scenarios, the baseline (0) included.</summary>
    public int Scenarios { get; }

    /// <summary>Weeks.</summary>
    public int Weeks { get; }

    /// <summary>Stages of the journey.</summary>
    public int Stages { get; }

    /// <summary>
    /// All of it, for keeping and for adding up: only another tally of the same plan, scenarios and build understands
    /// it.
    /// </summary>
    public ReadOnlySpan<long> Numbers => _numbers;

    /// <summary>Members of a standing, each once.</summary>
    public long Members(MemberStanding standing) => _numbers[_members + (int)standing];

    /// <summary>Members of whom something is to be known.</summary>
    public long Members(MemberRemark remark) => _numbers[_members + Standings + (int)remark];

    /// <summary>The sum of a week; of <see cref="Measure.Active"/> as of its end.</summary>
    public long Of(int scenario, int week, Measure measure)
    {
        if (measure != Measure.Active) return _numbers[At(scenario, week, measure)];
        var active = 0L;
        for (var w = 0; w <= week; w++) active += _numbers[At(scenario, w, measure)];
        return active;
    }

    /// <summary>The sum of all weeks; of <see cref="Measure.Active"/> as of the end.</summary>
    public long Total(int scenario, Measure measure)
    {
        var total = 0L;
        for (var week = 0; week < Weeks; week++) total += _numbers[At(scenario, week, measure)];
        return total;
    }

    /// <summary>Members in a stage of the journey at the end of a week, those who have left among them.</summary>
    public long InStage(int scenario, int week, int stage)
    {
        var count = 0L;
        for (var w = 0; w <= week; w++) count += _numbers[AtStage(scenario, w, stage)];
        return count;
    }

    /// <summary>Adds what another has of the same plan and scenarios.</summary>
    /// <exception cref="ArgumentException">It is of others.</exception>
    public void Add(Tally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Add(other.Numbers);
    }

    /// <summary>Adds what <see cref="Numbers"/> was of another.</summary>
    /// <exception cref="ArgumentException">It is of others.</exception>
    public void Add(ReadOnlySpan<long> numbers)
    {
        if (numbers.Length != _numbers.Length)
        {
            throw new ArgumentException(
                $"{numbers.Length} numbers; a tally of this has {_numbers.Length}.", nameof(numbers));
        }
        for (var i = 0; i < _numbers.Length; i++) _numbers[i] += numbers[i];
    }

    /// <summary>Sums of nothing again.</summary>
    public void Clear() => Array.Clear(_numbers);

    internal void Count(MemberStanding standing) => _numbers[_members + (int)standing]++;

    internal void Count(MemberRemark remark) => _numbers[_members + Standings + (int)remark]++;

    internal void Add(int scenario, int week, Measure measure, long value) =>
        _numbers[At(scenario, week, measure)] += value;

    internal void Move(int scenario, int week, int from, int to)
    {
        _numbers[AtStage(scenario, week, from)]--;
        _numbers[AtStage(scenario, week, to)]++;
    }

    internal void Begin(int scenario, int stage) => _numbers[AtStage(scenario, 0, stage)]++;

    private int At(int scenario, int week, Measure measure) =>
        (scenario * Weeks + week) * Measures.Count + (int)measure;

    private int AtStage(int scenario, int week, int stage) => _moves + (scenario * Weeks + week) * Stages + stage;
}

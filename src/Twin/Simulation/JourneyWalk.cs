using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Moves a member from stage to stage of the journey: orders move it as the definition says, and silence does. Events
/// that are not simulated (visits, carts) move nobody.
/// </summary>
internal sealed class JourneyWalk(Premises premises)
{
    private const double MsPerWeek = 7.0 * Instant.DayMs;

    private readonly JourneyPlan _journey = premises.Plan.Fold.Journey;
    private readonly int _purchase = premises.Simulation.Purchase?.Type ?? -1;

    private Tally? _tally;
    private int _scenario;
    private int _stage;
    private bool _isTouched;
    private double _touchedAt;

    /// <summary>Begins a scenario with the stage as of now.</summary>
    public void Begin(Tally tally, int scenario, MemberReading member)
    {
        (_tally, _scenario) = (tally, scenario);
        var (stage, entered, touched) = member.Journey;
        (_stage, var now) = ((int)stage, member.Now.UnixMs);
        _isTouched = entered != TouchpointEvent.Missing;
        // Stages that gave way before now give way without being counted.
        while (_isTouched && _journey.IdleMs[_stage] <= now - touched)
        {
            touched += _journey.IdleMs[_stage];
            _stage = _journey.IdleTo[_stage];
        }
        _touchedAt = _isTouched ? (touched - now) / MsPerWeek : 0;
        tally.Begin(scenario, _stage);
    }

    /// <summary>An order in a week, at a moment in weeks from now.</summary>
    public void Order(int week, double at)
    {
        if (_purchase < 0) return;
        Idle(at);
        var next = _journey.Next[_purchase * _journey.Stages.Count + _stage];
        if (next < 0) return;
        (_isTouched, _touchedAt) = (true, at);
        Move(week, next);
    }

    /// <summary>Silence until the end.</summary>
    public void End() => Idle(double.PositiveInfinity);

    private void Idle(double until)
    {
        while (_isTouched && _journey.IdleMs[_stage] != long.MaxValue)
        {
            var at = _touchedAt + _journey.IdleMs[_stage] / MsPerWeek;
            if (at > until || at >= _tally!.Weeks) return; // Begin has set it
            _touchedAt = at;
            Move((int)Math.Max(0, at), _journey.IdleTo[_stage]);
        }
    }

    private void Move(int week, int stage)
    {
        if (stage != _stage) _tally!.Move(_scenario, week, _stage, stage); // Begin has set it
        _stage = stage;
    }
}

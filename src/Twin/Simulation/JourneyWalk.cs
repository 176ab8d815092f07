using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// Moves a member from stage to stage of the journey: orders move it as the definition says, silence does, and, where a
/// model says when, what else happens (visits, carts) that is not simulated itself.
/// </summary>
internal sealed class JourneyWalk(Premises premises)
{
    private const double MsPerWeek = 7.0 * Instant.DayMs;

    private readonly JourneyPlan _journey = premises.Plan.Fold.Journey;
    private readonly int _purchase = premises.Simulation.Purchase?.Type ?? -1;

    private World? _world;
    private Tally? _tally;
    private MemberDraws? _draws;
    private int _scenario;
    private int _stage;
    private int _entered;
    private bool _isThere;
    private bool _isTouched;
    private double _touchedAt;
    private (int Stage, double At) _next;

    /// <summary>Begins a scenario with the stage as of now.</summary>
    public void Begin(
        World world, Tally tally, int scenario, MemberReading member, MemberDraws draws, bool isThere)
    {
        (_world, _tally, _scenario, _draws, _isThere, _entered) = (world, tally, scenario, draws, isThere, 0);
        var (stage, entered, touched) = member.Journey;
        (_stage, var now) = (stage, member.Now.UnixMs);
        _isTouched = entered != TouchpointEvent.Missing;
        // Stages that gave way before now give way without being counted.
        while (_isTouched && _journey.IdleMs[_stage] <= now - touched)
        {
            touched += _journey.IdleMs[_stage];
            (_stage, entered) = (_journey.IdleTo[_stage], touched);
        }
        _touchedAt = _isTouched ? (touched - now) / MsPerWeek : 0;
        tally.Begin(scenario, _stage);
        Enter(0, _isTouched ? Math.Max(0, (now - entered) / MsPerWeek) : 0);
    }

    /// <summary>An order in a week, at a moment in weeks from now.</summary>
    public void Order(int week, double at)
    {
        if (_purchase < 0) return;
        GoOn(at);
        var next = _journey.Next[_purchase * _journey.Stages.Count + _stage];
        if (next < 0) return;
        (_isTouched, _touchedAt) = (true, at);
        Move(week, next, at);
    }

    /// <summary>The customer leaves at a moment: from then on there is silence.</summary>
    public void Leave(double at)
    {
        GoOn(Math.Min(at, Weeks));
        (_isThere, _next) = (false, (-1, double.PositiveInfinity));
    }

    /// <summary>Until the end of the simulation.</summary>
    public void End() => GoOn(double.PositiveInfinity);

    private int Weeks => _tally?.Weeks ?? 0;

    /// <summary>What happens until a moment without an order.</summary>
    private void GoOn(double until)
    {
        while (true)
        {
            var idle = _isTouched && _journey.IdleMs[_stage] != long.MaxValue
                ? Math.Max(0, _touchedAt + _journey.IdleMs[_stage] / MsPerWeek)
                : double.PositiveInfinity;
            var at = Math.Min(idle, _next.At);
            if (at > until || at >= Weeks) return;
            var stage = idle <= _next.At ? _journey.IdleTo[_stage] : _next.Stage;
            (_isTouched, _touchedAt) = (true, at);
            Move((int)at, stage, at);
        }
    }

    private void Move(int week, int stage, double at)
    {
        if (stage == _stage) return;
        _tally?.Move(_scenario, week, _stage, stage);
        _stage = stage;
        Enter(at, 0);
    }

    private void Enter(double at, double waited)
    {
        _next = (-1, double.PositiveInfinity);
        if (!_isThere || _world?.Stages is not { } moves || _draws is not { } draws) return;
        var (which, when) = draws.Stage(_entered++);
        var (stage, weeks) = moves.Next(_stage, waited, which, when);
        _next = (stage, at + weeks);
    }
}

using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Simulation;

/// <summary>
/// The live decision rules, asked at simulated moments: each simulated order, return, contact and answer is folded
/// into a fork of the member's state and fires its triggers; in between the customer asks for an offer every so many
/// weeks, thresholds that time alone crosses fire then, and wake-ups come when they are due. The decider, eligibility,
/// contact policy and control group are those of a turn. Events of other kinds (visits, carts) are not simulated.
/// </summary>
internal sealed class MemberRules
{
    private const long None = long.MaxValue;
    private const double MsPerWeek = 7.0 * Instant.DayMs;

    private readonly TwinPlan _plan;
    private readonly TurnDecider _decider;
    private readonly RuleReads _reads;
    private readonly RuleWeeks[] _rules;
    private readonly CustomerState _state;
    private readonly CustomerState _fork;
    private readonly long[] _asked;
    private readonly long[] _due;
    private readonly SimulatedEvent? _purchase;
    private readonly SimulatedEvent? _returned;
    private readonly SimulatedEvent? _contact;
    private readonly SurveyAnswer? _answer;
    private readonly List<int> _taken = [];
    private readonly SimulatedClock _clock;

    private MemberDraws? _draws;
    private World? _world;
    private int _scenario;
    private bool _isThere;
    private double _nextRequest;
    private double _requestWeeks;
    private int _nextContact;
    private int _contacts;
    private int _nextAnswer;
    private int _answers;

    public MemberRules(Premises premises, ScenarioSet scenarios)
    {
        var (plan, simulation) = (premises.Plan, premises.Simulation);
        (_plan, _decider, _reads) = (plan, new TurnDecider(plan), new RuleReads(plan));
        (_state, _fork) = (new CustomerState(plan), new CustomerState(plan));
        (_asked, _due) = (new long[plan.Decisions.Triggers.Length], new long[plan.Decisions.Triggers.Length]);
        _rules = [.. scenarios.All.Select(scenario => new RuleWeeks(plan.Decisions, scenario, scenarios.Weeks))];
        _purchase = Event(simulation.Purchase);
        _returned = Event(simulation.Returned);
        _contact = Event(simulation.Contact);
        _answer = SurveyAnswer.Of(premises);
        _clock = new SimulatedClock(plan.Fold.LocalTime);

        SimulatedEvent? Event(SimulatedEventPlan? simulated) =>
            simulated is null ? null : new SimulatedEvent(plan, simulated);
    }

    /// <summary>Whether the member is in the control group.</summary>
    public bool IsHeldOut { get; private set; }

    /// <summary>The moment of the last step, in weeks from now.</summary>
    public double At { get; private set; }

    /// <summary>How many offers were made in the last step.</summary>
    public int Made { get; private set; }

    /// <summary>Slots of those that were taken.</summary>
    public IReadOnlyList<int> Taken => _taken;

    /// <summary>Takes a member's state as it stands.</summary>
    public void Load(CustomerState state, string key, Instant now)
    {
        _state.TakeFrom(state);
        _clock.Now = now;
        IsHeldOut = Decider.IsHeldOut(_plan, key);
        for (var i = 0; i < _asked.Length; i++)
            _asked[i] = state.WakeUps.Find(_plan.Decisions.Triggers[i].NameHash)?.UnixMs ?? None;
    }

    /// <summary>Begins a scenario with a fork of the state.</summary>
    public void Begin(World world, int scenario, MemberDraws draws, bool isThere)
    {
        (_world, _scenario, _draws, _isThere) = (world, scenario, draws, isThere);
        _fork.TakeFrom(_state);
        _asked.CopyTo(_due, 0);
        _requestWeeks = world.ValueOf(AssumptionKind.RequestWeeks);
        _nextRequest = _requestWeeks * draws.Phase();
        (_nextContact, _nextAnswer) = (0, 0);
        (_contacts, _answers) = isThere ? (draws.ContactCount, draws.AnswerCount) : (0, 0);
    }

    /// <summary>The customer is gone: the rules do not know, and go on.</summary>
    public void Leave() => (_isThere, _contacts, _answers) = (false, 0, 0);

    /// <summary>Goes on to the next moment before another; false when there is none.</summary>
    public bool Next(double until)
    {
        var wakeUp = NextWakeUp();
        var due = wakeUp < 0 ? double.PositiveInfinity : (_due[wakeUp] - _clock.Now.UnixMs) / MsPerWeek;
        var contact = _nextContact < _contacts ? Draws.ContactTimes[_nextContact] : double.PositiveInfinity;
        var answer = _nextAnswer < _answers ? Draws.AnswerTimes[_nextAnswer] : double.PositiveInfinity;
        var at = Math.Min(Math.Min(_nextRequest, Math.Max(due, 0)), Math.Min(contact, answer));
        if (!(at < until)) return false;
        Begin(at);
        if (at == _nextRequest) Request();
        else if (at == contact) Contact();
        else if (at == answer) Answer();
        else WakeUp(wakeUp);
        return true;
    }

    /// <summary>An order of the customer's, and perhaps its return.</summary>
    public void Ordered(double at, double amount, bool isReturned)
    {
        Begin(at);
        Happen(_purchase, amount);
        if (isReturned) Happen(_returned, amount);
    }

    private MemberDraws Draws => _draws ?? throw new InvalidOperationException("Begin comes first.");

    private int Week => Math.Min((int)At, Weeks - 1);

    private int Weeks => Draws.Satisfaction.Length;

    private void Begin(double at)
    {
        (At, Made) = (at, 0);
        _taken.Clear();
    }

    private void Request()
    {
        _nextRequest += _requestWeeks;
        var now = _clock.At(At);
        _decider.ReadSome(_fork, now, _reads.AtRequest);
        var fired = _decider.Fired(_fork, 0, mayFireThresholds: true);
        // The request comes first: what is read for it is there.
        if (_isThere) Choose(_plan.Decisions.RequestSlot);
        Fire(fired, now, alreadyRead: 0);
    }

    private void Contact()
    {
        _nextContact++;
        Happen(_contact, 0);
    }

    private void Answer()
    {
        var week = (int)At;
        if (_answer is { } answer && _world is { } world)
        {
            var level = Draws.Satisfaction[week] + world.Scenarios[_scenario].SatisfactionShift[week];
            Happen(answer.Event, answer.Of(level, Draws.AnswerNoise(_nextAnswer)));
        }
        _nextAnswer++;
    }

    private void WakeUp(int trigger)
    {
        _due[trigger] = None;
        var now = _clock.At(At);
        // What is due was asked for by an event: the rules of a turn are read first, then the offers of the trigger.
        _decider.ReadSome(_fork, now, _reads.AtRequest);
        var holds = _decider.Holds(trigger);
        var fired = _decider.Fired(_fork, 0, mayFireThresholds: true);
        Fire(holds ? fired | 1UL << trigger : fired, now, alreadyRead: 0);
    }

    private void Happen(SimulatedEvent? happens, double value)
    {
        if (happens is null) return;
        var now = _clock.At(At);
        happens.Happen(_fork, now, value);
        Ask();
        var events = _plan.Decisions.FiredByEvent[happens.Type];
        _decider.ReadSome(_fork, now, _reads.OfEvent[happens.Type]);
        Fire(_decider.Fired(_fork, events, mayFireThresholds: true), now, alreadyRead: events);
    }

    /// <summary>Wake-ups that the last event asked for.</summary>
    private void Ask()
    {
        for (var i = 0; i < _due.Length; i++)
        {
            var trigger = _plan.Decisions.Triggers[i];
            if (trigger.LastAt >= 0 && _fork.Longs[trigger.LastAt] == _fork.LastAt.UnixMs)
                _due[i] = _fork.LastAt.UnixMs + trigger.DelayMs;
        }
    }

    private void Fire(ulong fired, Instant now, ulong alreadyRead)
    {
        for (var i = 0; fired >> i != 0; i++)
        {
            if ((fired >> i & 1) == 0 || _plan.Decisions.Candidates[i].Length == 0) continue;
            if ((alreadyRead >> i & 1) == 0)
            {
                _decider.ReadSome(_fork, now, _reads.OfTrigger[i]);
                alreadyRead = 0; // what was read before is gone
            }
            Choose(i);
        }
    }

    private void Choose(int trigger)
    {
        var rules = _rules[_scenario][Week];
        var (_, winner) = _decider.Decide(_fork, IsHeldOut, rules, trigger);
        if (winner == Decider.NoWinner) return;
        var chosen = _decider.Candidates[winner];
        var offer = rules.Offers[chosen.Offer];
        var channel = rules.Channels[offer.Channel];
        Made++;
        if (channel.Outbound || offer.CoolDownMs > 0)
            _fork.AddContact(new Contact(_decider.Inputs.Now, offer.NameHash, channel.NameHash, channel.Outbound));
        if (_isThere && Draws.Taking(chosen.Offer, Week) < chosen.Propensity) _taken.Add(chosen.Offer);
    }

    private int NextWakeUp()
    {
        var next = -1;
        for (var i = 0; i < _due.Length; i++)
        {
            if (_due[i] != None && (next < 0 || _due[i] < _due[next])) next = i;
        }
        return next;
    }
}

using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Simulation;

/// <summary>What a simulation reads of one member: as much as purposes and legal bases allow, and no more.</summary>
internal sealed class MemberReading
{
    private readonly Premises _premises;
    private readonly Vectors _vectors;
    private readonly ModelPlan.OfModel _purchases;
    private readonly double[] _own = new double[AssumptionTrait.All.Count];
    private readonly double[] _history = new double[3];
    private readonly double[] _spend = new double[2];
    private readonly double[] _prices;
    private readonly double[] _satisfaction = new double[SatisfactionModel.InputCount];
    private readonly double[] _basket;
    private readonly AffinityModel?[][] _likes;
    private readonly double[][] _keenness;

    public MemberReading(Premises premises, ScenarioSet scenarios)
    {
        _premises = premises;
        _vectors = new Vectors(premises.Plan);
        _purchases = (ModelPlan.OfModel)premises.Plan.Models[premises.Simulation.Purchases]; // Premises has seen it
        _prices = new double[premises.Prices?.Inputs.Count ?? 0];
        _basket = new double[premises.Affinity?.Inputs.Count ?? 0];
        _likes = [.. scenarios.All.Select(Likes)];
        _keenness = [.. _likes.Select(likes => new double[likes.Length])];
    }

    public MemberStanding Standing { get; private set; } = MemberStanding.NotSayable;

    public ulong KeyHash { get; private set; }

    public Instant Now { get; private set; }

    /// <summary>Slot of the stage of the journey, when it was entered and last touched, in ms.</summary>
    public (int Stage, long EnteredAtMs, long TouchedAtMs) Journey { get; private set; }

    public bool IsOutside { get; private set; }

    public bool IsWithheld { get; private set; }

    /// <summary>x, t_x and T.</summary>
    public (double X, double Tx, double T) History => (_history[0], _history[1], _history[2]);

    /// <summary>Number of repeat purchases and their mean spend; NaN where they may not be used.</summary>
    public (double X, double Mean) Spend => (_spend[0], _spend[1]);

    /// <summary>Inputs of the model of prices; NaN where they may not be used.</summary>
    public ReadOnlySpan<double> Prices => _prices;

    /// <summary>Inputs of the model of satisfaction; NaN where they may not be used.</summary>
    public ReadOnlySpan<double> Satisfaction => _satisfaction;

    /// <summary>The member's own value of what is assumed; NaN where the population's stands.</summary>
    public double Own(AssumptionKind kind) => _own[(int)kind];

    /// <summary>How much likelier than the mean customer the member buys what a product is like.</summary>
    public double Keenness(int scenario, int product) => _keenness[scenario][product];

    public MemberStanding Load(CustomerState state, ulong keyHash, Instant now)
    {
        (KeyHash, Now, IsWithheld, IsOutside) = (keyHash, now, false, false);
        return Standing = state.MovedTo is not null ? MemberStanding.Merged : Read(state, now);
    }

    private MemberStanding Read(CustomerState state, Instant now)
    {
        var simulation = _premises.Simulation;
        FeatureReader.FillSome(_vectors, state, now, simulation.Features, simulation.Texts);
        if (!MayRead(simulation.Purchases)) return MemberStanding.NoLegalBasis;
        foreach (var model in simulation.Models) Scorer.Score(_vectors, model);
        _purchases.ReadInto(_vectors.Numbers, _history);
        if (double.IsNaN(_history[0])) return MemberStanding.NoPurchases;
        if (double.IsNaN(_premises.Purchases.ProbabilityAlive(_history[0], _history[1], _history[2])))
            return MemberStanding.NotSayable;
        ReadInto(simulation.Spend, _spend);
        ReadInto(simulation.Prices, _prices);
        ReadInto(simulation.Satisfaction, _satisfaction);
        ReadInto(simulation.Affinity, _basket);
        ReadOwn();
        ReadKeenness();
        IsOutside = IsOutsideFitted();
        ReadJourney(state);
        return MemberStanding.Simulated;
    }

    // The stage rests on all events that move customers; without a basis for them a member begins as nobody does.
    private void ReadJourney(CustomerState state)
    {
        var categories = _premises.Plan.Vector.TextCategories[VectorPlan.StageText];
        if ((categories & ~_vectors.Lawful[_premises.Simulation.Purpose]) != 0)
        {
            (Journey, IsWithheld) = ((0, TouchpointEvent.Missing, TouchpointEvent.Missing), true);
            return;
        }
        var slots = state.Longs.AsSpan(state.Plan.Fold.Journey.At, 3);
        Journey = ((int)slots[0], slots[1], slots[2]);
    }

    // Both the model's purpose and the simulation's must allow it.
    private bool MayRead(int model)
    {
        var plan = _premises.Plan.Models[model];
        return Scorer.IsLawful(_vectors, model)
            && (plan.Categories & ~_vectors.Lawful[_premises.Simulation.Purpose]) == 0;
    }

    private void ReadInto(int model, Span<double> inputs)
    {
        if (model < 0) return;
        if (MayRead(model))
        {
            ((ModelPlan.OfModel)_premises.Plan.Models[model]).ReadInto(_vectors.Numbers, inputs);
            return;
        }
        inputs.Fill(double.NaN);
        IsWithheld = true;
    }

    private void ReadOwn()
    {
        var lawful = _vectors.Lawful[_premises.Simulation.Purpose];
        for (var kind = 0; kind < _own.Length; kind++)
        {
            var plan = _premises.Assumed[kind];
            _own[kind] = double.NaN;
            if (plan.Own is not { } rule) continue;
            if ((plan.Categories & ~lawful) != 0) IsWithheld = true;
            else _own[kind] = rule.Evaluate(_vectors.Numbers, _vectors.Texts);
        }
    }

    private void ReadKeenness()
    {
        for (var scenario = 0; scenario < _likes.Length; scenario++)
        {
            for (var product = 0; product < _likes[scenario].Length; product++)
            {
                _keenness[scenario][product] =
                    _likes[scenario][product] is { } model ? model.Score(_basket) / Share(model) : 1;
            }
        }
    }

    private bool IsOutsideFitted()
    {
        if (_purchases.Fitted is not { } fitted) return false;
        for (var i = 0; i < _history.Length; i++)
        {
            if (fitted.Ranges[i].IsOutside(_history[i])) return true;
        }
        return false;
    }

    private AffinityModel?[] Likes(Scenario scenario) =>
    [
        .. scenario.Levers.OfType<Lever.Product>().Select(product =>
            product.Token is { } token && _premises.Affinity is { } affinity
                ? new AffinityModel(affinity.Inputs, affinity.Population.ToArray(), affinity.Strength, token)
                : null),
    ];

    private static double Share(AffinityModel model)
    {
        foreach (var token in model.Population)
        {
            if (token.Name == model.Token) return token.Share;
        }
        return 1;
    }
}

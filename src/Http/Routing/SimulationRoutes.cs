using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of simulations.</summary>
public static class SimulationRoutes
{
    private const string Tag = "Simulations";

    /// <summary>One is asked for.</summary>
    public static readonly ApiRoute Start = new(
        "POST", "/v1/simulations", KeyScopes.Operate, "startSimulation", Tag,
        "Simulate what customers do next, and what they would do under scenarios")
    {
        Tells = Disclosure.Nothing,
        Description =
            "The body may give name, weeks, paths, seed, level, population (segment, customers, sample), groups, "
            + "scenarios (price, promotion, product, service, offers, ...), search, top, at. It is kept, and runs "
            + "beside the traffic when those before it have ended; Location is where to read it. {} is everybody for a "
            + "year.",
    };

    /// <summary>All that are kept.</summary>
    public static readonly ApiRoute List = new(
        "GET", "/v1/simulations", KeyScopes.Operate, "listSimulations", Tag, "List simulations, the newest first")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>Several beside each other.</summary>
    public static readonly ApiRoute Compare = new(
        "GET", "/v1/simulations/compare", KeyScopes.Operate, "compareSimulations", Tag,
        "Set simulations side by side: ?ids=A,B")
    {
        Tells = Disclosure.Nothing,
        Description =
            "Scenarios of the same name, quantity by quantity. Where seed, population, horizon, moment and definition "
            + "are the same, worlds are the same and differences have intervals; else it says what is not.",
    };

    /// <summary>One of them.</summary>
    public static readonly ApiRoute Read = new(
        "GET", "/v1/simulations/{id}", KeyScopes.Operate, "readSimulation", Tag,
        "Read a simulation: what was asked for, how far it is, what it comes to")
    {
        Tells = Disclosure.Simulation,
        Description =
            "While it runs the result is that of the paths done. Sums are told of five customers or more; who gains "
            + "and who loses most is named to a key with the scope read, as far as there is a legal basis now.",
    };

    /// <summary>One of them as it goes on.</summary>
    public static readonly ApiRoute Stream = new(
        "GET", "/v1/simulations/{id}/events", KeyScopes.Operate, "streamSimulation", Tag,
        "Receive how far a simulation is, and what it comes to so far")
    {
        Tells = Disclosure.Nothing,
        Description = "Server-Sent Events: progress, partial, and end with the simulation as it then stands.",
    };

    /// <summary>One of them stops.</summary>
    public static readonly ApiRoute Cancel = new(
        "POST", "/v1/simulations/{id}/cancel", KeyScopes.Operate, "cancelSimulation", Tag, "Stop a simulation")
    {
        Tells = Disclosure.Nothing,
        Description = "What the paths that were done come to is kept as its result.",
    };

    /// <summary>One of them once more.</summary>
    public static readonly ApiRoute Rerun = new(
        "POST", "/v1/simulations/{id}/rerun", KeyScopes.Operate, "rerunSimulation", Tag, "Run a simulation once more")
    {
        Tells = Disclosure.Nothing,
        Description =
            "Under the same definition, on customers in the same states, it begins at the same moment and comes to the "
            + "same, byte by byte. Else it says what has changed, and begins now.",
    };

    /// <summary>One of them goes.</summary>
    public static readonly ApiRoute Delete = new(
        "DELETE", "/v1/simulations/{id}", KeyScopes.Operate, "deleteSimulation", Tag,
        "Remove a simulation; one that runs stops")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>One customer's futures.</summary>
    public static readonly ApiRoute OneTwin = new(
        "POST", "/v1/twins/{id}/simulate", KeyScopes.Decide, "simulateTwin", "Twins",
        "Run one customer forward: a fan of futures, and what each next best action comes to")
    {
        Tells = Disclosure.Simulation,
        Description =
            "The body may give horizonWeeks, paths, seed, level, scenarios, wholePaths, discountRate, and the id of a "
            + "hypothetical twin of the customer. Nothing is recorded or delivered, and the twin is not changed.",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
        [Start, List, Compare, Read, Stream, Cancel, Rerun, Delete, OneTwin];
}

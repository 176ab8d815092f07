namespace DToC.Grains;

/// <summary>
/// The kinds of grain that a data folder's host runs, the same for every program that opens one.
/// </summary>
public static class TwinGrains
{
    /// <summary>
    /// Customers, cohorts of them, and the tables of identifiers, quarantined events, access keys, erasures,
    /// connectors, deliveries and simulations.
    /// </summary>
    public static GrainCatalog Catalog() => GrainCatalog.Empty
        .With(static () => new CustomerGrain())
        .With(static () => new IdentityGrain())
        .With(static () => new QuarantineGrain())
        .With(static () => new AccessKeysGrain())
        .With(static () => new ErasuresGrain())
        .With(static () => new CohortGrain())
        .With(static () => new ConnectorsGrain())
        .With(static () => new DeliveriesGrain())
        .With(static () => new SimulationsGrain());
}

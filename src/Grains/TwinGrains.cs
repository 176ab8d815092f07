namespace DToC.Grains;

/// <summary>
/// The kinds of grain that a data folder's host runs, the same for every program that opens one.
/// </summary>
public static class TwinGrains
{
    /// <summary>
    /// Customers, and the tables of identifiers, quarantined events, access keys, erasures, connectors and deliveries.
    /// </summary>
    public static GrainCatalog Catalog() => GrainCatalog.Empty
        .With(static () => new CustomerGrain())
        .With(static () => new IdentityGrain())
        .With(static () => new QuarantineGrain())
        .With(static () => new AccessKeysGrain())
        .With(static () => new ErasuresGrain())
        .With(static () => new ConnectorsGrain())
        .With(static () => new DeliveriesGrain());
}

using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of households, accounts and what else customers belong to.</summary>
public static class HouseholdRoutes
{
    /// <summary>Who belongs to a household, and what they have in common.</summary>
    public static readonly ApiRoute ReadPeople = new(
        "GET", "/v1/twins/{id}/people", KeyScopes.Read, "readPeople", "Twins",
        "Read what those who belong to a household or account add up to")
    {
        Tells = Disclosure.Aggregates,
        Description =
            "Of the customers whose relations name this id, as last committed: sums, means, least and greatest of each "
            + "feature and score that has a basis, and how many are in which stage. The id need not be a twin itself. "
            + "?relation= says which relation; all that lead here unless given. All customers are looked through, for "
            + "one request at a time.",
    };
}

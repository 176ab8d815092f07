namespace DToC.Embedded.Storage;

/// <summary>
/// Removes journals from their newest row back. Nothing else leads to their rows, so their numbers may be given again.
/// </summary>
/// <param name="previousOf">Prepared from <see cref="PreviousOf"/>.</param>
/// <param name="delete">Prepared from <see cref="Delete"/>.</param>
internal sealed class ChainRemoval(Statement previousOf, Statement delete)
{
    public const string PreviousOf = "SELECT prev FROM journal WHERE seq=?";
    public const string Delete = "DELETE FROM journal WHERE seq=?";

    /// <exception cref="StoreException">The file could not be read or written.</exception>
    public void Run(long newest)
    {
        for (var seq = newest; seq != 0;)
        {
            var isThere = previousOf.Bind(1, seq).Step();
            var previous = isThere ? previousOf.Int64(0) : 0;
            previousOf.Reset();
            if (isThere) delete.Bind(1, seq).Run();
            seq = previous;
        }
    }
}

import { DuckDBInstance } from '@duckdb/node-api';

/** A DuckDB that sees its files in one directory: somebody else's reader and writer of Parquet. */
export async function openDuckDb(directory: string) {
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET file_search_path = '${directory}'`);
  return {
    /** The rows of a query, as JSON has them: 64-bit integers and decimals are texts. */
    query: async (sql: string): Promise<Record<string, unknown>[]> =>
      (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[],
    run: async (sql: string): Promise<void> => {
      await connection.run(sql);
    },
  };
}

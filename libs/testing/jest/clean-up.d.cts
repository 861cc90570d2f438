/** Ends every process that keeps a `*.pid` file below the folder, and removes the folder. */
export declare function cleanUp(folder: string): Promise<void>;
/** Does that for runs whose own clean-up was killed. */
export declare function sweepAbandoned(): Promise<void>;

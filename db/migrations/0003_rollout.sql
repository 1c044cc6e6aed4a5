CREATE TABLE `checkout_AttemptCount` (
	`second` bigint NOT NULL,
	`attempts` int NOT NULL DEFAULT 0,
	`failures` int NOT NULL DEFAULT 0,
	CONSTRAINT `checkout_AttemptCount_second` PRIMARY KEY(`second`)
);
--> statement-breakpoint
CREATE TABLE `checkout_Exposure` (
	`visitorId` varchar(255) NOT NULL,
	`productId` varchar(191) NOT NULL,
	`variant` varchar(64) NOT NULL,
	`guarded` boolean NOT NULL DEFAULT false,
	`shownAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`startedAt` timestamp(3),
	CONSTRAINT `checkout_exposure_pk` PRIMARY KEY(`visitorId`,`productId`)
);
--> statement-breakpoint
CREATE INDEX `checkout_exposure_shown_idx` ON `checkout_Exposure` (`shownAt`);
-- Generated from the table definitions of the published npm package @coursebuilder/adapter-drizzle@3.0.1, with the prefix egghead_.

CREATE TABLE `egghead_Account` (
	`userId` varchar(255) NOT NULL,
	`type` varchar(255) NOT NULL,
	`provider` varchar(255) NOT NULL,
	`providerAccountId` varchar(255) NOT NULL,
	`refresh_token` text,
	`access_token` text,
	`oauth_token` text,
	`oauth_token_secret` text,
	`expires_at` int,
	`token_type` varchar(255),
	`scope` varchar(255),
	`id_token` text,
	`session_state` varchar(255),
	`refresh_token_expires_in` int,
	CONSTRAINT `egghead_Account_provider_providerAccountId_pk` PRIMARY KEY(`provider`,`providerAccountId`)
);

CREATE TABLE `egghead_Comment` (
	`id` varchar(191) NOT NULL,
	`userId` varchar(255) NOT NULL,
	`organizationMembershipId` varchar(255),
	`context` json DEFAULT ('{}'),
	`text` text NOT NULL,
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_Comment_id_pk` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_CommunicationChannel` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`name` varchar(255) NOT NULL,
	`description` text,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_CommunicationChannel_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_CommunicationPreferenceType` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`name` varchar(255) NOT NULL,
	`description` text,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_CommunicationPreferenceType_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_CommunicationPreference` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`userId` varchar(255) NOT NULL,
	`organizationMembershipId` varchar(255),
	`channelId` varchar(255) NOT NULL,
	`preferenceLevel` enum('low','medium','high') NOT NULL DEFAULT 'medium',
	`preferenceTypeId` varchar(255) NOT NULL,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`optInAt` timestamp(3),
	`optOutAt` timestamp(3),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_CommunicationPreference_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_ContentContribution` (
	`id` varchar(255) NOT NULL,
	`userId` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`organizationMembershipId` varchar(255),
	`contentId` varchar(255) NOT NULL,
	`contributionTypeId` varchar(255) NOT NULL,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_ContentContribution_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_ContentResource` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`createdByOrganizationMembershipId` varchar(191),
	`type` varchar(255) NOT NULL,
	`createdById` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`slug` varchar(255) GENERATED ALWAYS AS ((fields->>'$.slug')) STORED,
	`currentVersionId` varchar(255),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_ContentResource_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_ContentResourceProduct` (
	`productId` varchar(255) NOT NULL,
	`resourceId` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`position` double NOT NULL DEFAULT 0,
	`metadata` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_ContentResourceProduct_productId_resourceId_pk` PRIMARY KEY(`productId`,`resourceId`)
);

CREATE TABLE `egghead_ContentResourceResource` (
	`resourceOfId` varchar(255) NOT NULL,
	`resourceId` varchar(255) NOT NULL,
	`position` double NOT NULL DEFAULT 0,
	`metadata` json DEFAULT ('{}'),
	`organizationId` varchar(191),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_ContentResourceResource_resourceOfId_resourceId_pk` PRIMARY KEY(`resourceOfId`,`resourceId`)
);

CREATE TABLE `egghead_ContentResourceTag` (
	`contentResourceId` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`tagId` varchar(255) NOT NULL,
	`position` double NOT NULL DEFAULT 0,
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_ContentResourceTag_contentResourceId_tagId_pk` PRIMARY KEY(`contentResourceId`,`tagId`)
);

CREATE TABLE `egghead_ContentResourceVersion` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`resourceId` varchar(255) NOT NULL,
	`parentVersionId` varchar(255),
	`versionNumber` int NOT NULL,
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`createdById` varchar(255) NOT NULL,
	CONSTRAINT `egghead_ContentResourceVersion_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_resource_version_number` UNIQUE(`resourceId`,`versionNumber`)
);

CREATE TABLE `egghead_ContributionType` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`slug` varchar(255) NOT NULL,
	`name` varchar(255) NOT NULL,
	`description` text,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_ContributionType_id` PRIMARY KEY(`id`),
	CONSTRAINT `egghead_ContributionType_slug_unique` UNIQUE(`slug`)
);

CREATE TABLE `egghead_Coupon` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`code` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`expires` timestamp(3),
	`fields` json DEFAULT ('{}'),
	`maxUses` int NOT NULL DEFAULT -1,
	`default` boolean NOT NULL DEFAULT false,
	`merchantCouponId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`usedCount` int NOT NULL DEFAULT 0,
	`percentageDiscount` decimal(3,2),
	`amountDiscount` int,
	`restrictedToProductId` varchar(191),
	CONSTRAINT `Coupon_id` PRIMARY KEY(`id`),
	CONSTRAINT `Coupon_code_key` UNIQUE(`code`)
);

CREATE TABLE `egghead_DeviceAccessToken` (
	`token` varchar(191) NOT NULL,
	`userId` varchar(191) NOT NULL,
	`organizationMembershipId` varchar(191),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_DeviceAccessToken_token_pk` PRIMARY KEY(`token`)
);

CREATE TABLE `egghead_DeviceVerification` (
	`verifiedByUserId` varchar(255),
	`deviceCode` varchar(191) NOT NULL,
	`userCode` text NOT NULL,
	`expires` timestamp(3) NOT NULL,
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`verifiedAt` timestamp(3),
	CONSTRAINT `egghead_DeviceVerification_deviceCode_pk` PRIMARY KEY(`deviceCode`)
);

CREATE TABLE `egghead_EntitlementType` (
	`id` varchar(191) NOT NULL,
	`name` varchar(255) NOT NULL,
	`description` text,
	CONSTRAINT `egghead_EntitlementType_id` PRIMARY KEY(`id`),
	CONSTRAINT `unique_name_idx` UNIQUE(`name`)
);

CREATE TABLE `egghead_Entitlement` (
	`id` varchar(191) NOT NULL,
	`entitlementType` varchar(255) NOT NULL,
	`userId` varchar(191),
	`organizationId` varchar(191),
	`organizationMembershipId` varchar(191),
	`sourceType` varchar(255) NOT NULL,
	`sourceId` varchar(191) NOT NULL,
	`metadata` json DEFAULT ('{}'),
	`expiresAt` timestamp(3),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_Entitlement_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_LessonProgress` (
	`id` varchar(191) NOT NULL,
	`userId` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`organizationMembershipId` varchar(191),
	`lessonId` varchar(191),
	`lessonSlug` varchar(191),
	`lessonVersion` varchar(191),
	`sectionId` varchar(191),
	`moduleId` varchar(191),
	`completedAt` datetime(3),
	`updatedAt` datetime(3),
	`createdAt` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_LessonProgress_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_MerchantAccount` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`label` varchar(191),
	`identifier` varchar(191),
	CONSTRAINT `MerchantAccount_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_MerchantCharge` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`identifier` varchar(191) NOT NULL,
	`userId` varchar(191) NOT NULL,
	`merchantAccountId` varchar(191) NOT NULL,
	`merchantProductId` varchar(191) NOT NULL,
	`merchantSubscriptionId` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`merchantCustomerId` varchar(191) NOT NULL,
	CONSTRAINT `MerchantCharge_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantCharge_identifier_key` UNIQUE(`identifier`)
);

CREATE TABLE `egghead_MerchantCoupon` (
	`id` varchar(191) NOT NULL,
	`identifier` varchar(191),
	`organizationId` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`merchantAccountId` varchar(191) NOT NULL,
	`percentageDiscount` decimal(3,2),
	`amountDiscount` int,
	`type` varchar(191),
	CONSTRAINT `MerchantCoupon_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantCoupon_identifier_key` UNIQUE(`identifier`)
);

CREATE TABLE `egghead_MerchantCustomer` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`userId` varchar(191) NOT NULL,
	`merchantAccountId` varchar(191) NOT NULL,
	`identifier` varchar(191) NOT NULL,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`status` int DEFAULT 0,
	CONSTRAINT `MerchantCustomer_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantCustomer_identifier_key` UNIQUE(`identifier`)
);

CREATE TABLE `egghead_MerchantEvents` (
	`id` varchar(191) NOT NULL,
	`merchantAccountId` varchar(191) NOT NULL,
	`identifier` varchar(191) NOT NULL,
	`payload` json NOT NULL,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `MerchantEvents_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantEvents_identifier_key` UNIQUE(`identifier`)
);

CREATE TABLE `egghead_MerchantPrice` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`merchantAccountId` varchar(191) NOT NULL,
	`merchantProductId` varchar(191) NOT NULL,
	`status` int DEFAULT 0,
	`identifier` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`priceId` varchar(191),
	CONSTRAINT `MerchantPrice_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantPrice_identifier_key` UNIQUE(`identifier`)
);

CREATE TABLE `egghead_MerchantProduct` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`merchantAccountId` varchar(191) NOT NULL,
	`productId` varchar(191) NOT NULL,
	`status` int NOT NULL DEFAULT 0,
	`identifier` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `MerchantProduct_id` PRIMARY KEY(`id`),
	CONSTRAINT `MerchantProduct_identifier_key` UNIQUE(`identifier`)
);

CREATE TABLE `egghead_MerchantSession` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`identifier` varchar(191) NOT NULL,
	`merchantAccountId` varchar(191) NOT NULL,
	CONSTRAINT `MerchantSession_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_MerchantSubscription` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`merchantAccountId` varchar(191) NOT NULL,
	`status` int NOT NULL DEFAULT 0,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`label` varchar(191),
	`identifier` varchar(191),
	`merchantCustomerId` varchar(191) NOT NULL,
	`merchantProductId` varchar(191) NOT NULL,
	CONSTRAINT `MerchantSubscription_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_Organization` (
	`id` varchar(255) NOT NULL,
	`name` varchar(255),
	`personalOrganizationUserId` varchar(255),
	`fields` json DEFAULT ('{}'),
	`image` varchar(255),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_Organization_id` PRIMARY KEY(`id`),
	CONSTRAINT `personalOrganizationUserId_idx` UNIQUE(`personalOrganizationUserId`)
);

CREATE TABLE `egghead_OrganizationMembershipRole` (
	`organizationMembershipId` varchar(255) NOT NULL,
	`roleId` varchar(255) NOT NULL,
	`active` boolean NOT NULL DEFAULT true,
	`organizationId` varchar(191),
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `pk` PRIMARY KEY(`organizationMembershipId`,`roleId`)
);

CREATE TABLE `egghead_OrganizationMembership` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`role` varchar(191) NOT NULL DEFAULT 'user',
	`invitedById` varchar(255) NOT NULL,
	`userId` varchar(255) NOT NULL,
	`personalOrganizationUserId` varchar(255),
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_OrganizationMembership_id` PRIMARY KEY(`id`),
	CONSTRAINT `personalOrganizationUserId_idx` UNIQUE(`personalOrganizationUserId`)
);

CREATE TABLE `egghead_Permission` (
	`id` varchar(255) NOT NULL,
	`name` varchar(255) NOT NULL,
	`description` text,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_Permission_id` PRIMARY KEY(`id`),
	CONSTRAINT `egghead_Permission_name_unique` UNIQUE(`name`)
);

CREATE TABLE `egghead_PersonalAccessToken` (
	`id` varchar(191) NOT NULL,
	`userId` varchar(191) NOT NULL,
	`name` varchar(255) NOT NULL,
	`publicId` varchar(64) NOT NULL,
	`tokenPrefix` varchar(128) NOT NULL,
	`tokenHash` varchar(128) NOT NULL,
	`scopes` json NOT NULL,
	`expiresAt` timestamp(3),
	`lastUsedAt` timestamp(3),
	`revokedAt` timestamp(3),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_PersonalAccessToken_id_pk` PRIMARY KEY(`id`),
	CONSTRAINT `publicId_idx` UNIQUE(`publicId`),
	CONSTRAINT `tokenHash_idx` UNIQUE(`tokenHash`)
);

CREATE TABLE `egghead_Price` (
	`id` varchar(191) NOT NULL,
	`productId` varchar(191),
	`organizationId` varchar(191),
	`nickname` varchar(191),
	`status` int NOT NULL DEFAULT 0,
	`unitAmount` decimal(10,2) NOT NULL,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`fields` json DEFAULT ('{}'),
	CONSTRAINT `Price_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_Product` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`name` varchar(191) NOT NULL,
	`key` varchar(191),
	`type` varchar(191),
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`status` int NOT NULL DEFAULT 0,
	`quantityAvailable` int NOT NULL DEFAULT -1,
	CONSTRAINT `Product_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_Profile` (
	`id` varchar(255) NOT NULL,
	`userId` varchar(255) NOT NULL,
	`type` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_Profile_id` PRIMARY KEY(`id`),
	CONSTRAINT `unique_user_type_idx` UNIQUE(`userId`,`type`)
);

CREATE TABLE `egghead_PurchaseUserTransfer` (
	`id` varchar(191) NOT NULL,
	`transferState` enum('AVAILABLE','INITIATED','VERIFIED','CANCELED','EXPIRED','CONFIRMED','COMPLETED') NOT NULL DEFAULT 'AVAILABLE',
	`purchaseId` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`sourceUserId` varchar(191) NOT NULL,
	`targetUserId` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`expiresAt` timestamp(3),
	`canceledAt` timestamp(3),
	`confirmedAt` timestamp(3),
	`completedAt` timestamp(3),
	CONSTRAINT `PurchaseUserTransfer_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_Purchase` (
	`id` varchar(191) NOT NULL,
	`userId` varchar(191),
	`organizationMembershipId` varchar(191),
	`organizationId` varchar(191),
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`totalAmount` decimal(65,30) NOT NULL,
	`ip_address` varchar(191),
	`city` varchar(191),
	`state` varchar(191),
	`country` varchar(191),
	`couponId` varchar(191),
	`productId` varchar(191) NOT NULL,
	`merchantChargeId` varchar(191),
	`upgradedFromId` varchar(191),
	`status` varchar(191) NOT NULL DEFAULT 'Valid',
	`bulkCouponId` varchar(191),
	`merchantSessionId` varchar(191),
	`redeemedBulkCouponId` varchar(191),
	`fields` json DEFAULT ('{}'),
	CONSTRAINT `Purchase_id` PRIMARY KEY(`id`),
	CONSTRAINT `Purchase_upgradedFromId_key` UNIQUE(`upgradedFromId`)
);

CREATE TABLE `egghead_QuestionResponse` (
	`id` varchar(255) NOT NULL,
	`surveyId` varchar(255) NOT NULL,
	`questionId` varchar(255) NOT NULL,
	`respondentKey` varchar(255),
	`surveySessionId` varchar(255),
	`userId` varchar(255),
	`emailListSubscriberId` varchar(255),
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_QuestionResponse_id` PRIMARY KEY(`id`),
	CONSTRAINT `survey_question_respondent_unique` UNIQUE(`surveyId`,`questionId`,`respondentKey`)
);

CREATE TABLE `egghead_ResourceProgress` (
	`userId` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`organizationMembershipId` varchar(191),
	`resourceId` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`completedAt` datetime(3),
	`updatedAt` datetime(3),
	`createdAt` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_ResourceProgress_userId_resourceId_pk` PRIMARY KEY(`userId`,`resourceId`)
);

CREATE TABLE `egghead_RolePermission` (
	`roleId` varchar(255) NOT NULL,
	`permissionId` varchar(255) NOT NULL,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_RolePermission_roleId_permissionId_pk` PRIMARY KEY(`roleId`,`permissionId`)
);

CREATE TABLE `egghead_Role` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`name` varchar(255) NOT NULL,
	`description` text,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_Role_id` PRIMARY KEY(`id`),
	CONSTRAINT `unique_name_per_org` UNIQUE(`organizationId`,`name`)
);

CREATE TABLE `egghead_Session` (
	`sessionToken` varchar(255) NOT NULL,
	`userId` varchar(255) NOT NULL,
	`expires` timestamp NOT NULL,
	CONSTRAINT `egghead_Session_sessionToken` PRIMARY KEY(`sessionToken`)
);

CREATE TABLE `egghead_Subscription` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`productId` varchar(191) NOT NULL,
	`createdAt` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	`merchantSubscriptionId` varchar(191) NOT NULL,
	`status` varchar(191) NOT NULL DEFAULT 'active',
	`fields` json DEFAULT ('{}'),
	CONSTRAINT `Subscription_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_Tag` (
	`id` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`type` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_Tag_id` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_TagTag` (
	`parentTagId` varchar(255) NOT NULL,
	`childTagId` varchar(255) NOT NULL,
	`position` double NOT NULL DEFAULT 0,
	`metadata` json DEFAULT ('{}'),
	`organizationId` varchar(191),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_TagTag_parentTagId_childTagId_pk` PRIMARY KEY(`parentTagId`,`childTagId`)
);

CREATE TABLE `egghead_UpgradableProducts` (
	`upgradableToId` varchar(255) NOT NULL,
	`upgradableFrom` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`position` double NOT NULL DEFAULT 0,
	`metadata` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_UpgradableProducts_upgradableToId_upgradableFrom_pk` PRIMARY KEY(`upgradableToId`,`upgradableFrom`)
);

CREATE TABLE `egghead_UserPermission` (
	`userId` varchar(255) NOT NULL,
	`organizationId` varchar(191),
	`permissionId` varchar(255) NOT NULL,
	`active` boolean NOT NULL DEFAULT true,
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_UserPermission_userId_permissionId_pk` PRIMARY KEY(`userId`,`permissionId`)
);

CREATE TABLE `egghead_UserPrefs` (
	`id` varchar(191) NOT NULL,
	`organizationId` varchar(191),
	`type` varchar(191) NOT NULL DEFAULT 'Global',
	`userId` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`updatedAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_UserPrefs_id_pk` PRIMARY KEY(`id`)
);

CREATE TABLE `egghead_UserRole` (
	`userId` varchar(255) NOT NULL,
	`roleId` varchar(255) NOT NULL,
	`active` boolean NOT NULL DEFAULT true,
	`organizationId` varchar(191),
	`createdAt` timestamp(3) DEFAULT (now()),
	`updatedAt` timestamp(3) DEFAULT (now()),
	`deletedAt` timestamp(3),
	CONSTRAINT `egghead_UserRole_userId_roleId_pk` PRIMARY KEY(`userId`,`roleId`)
);

CREATE TABLE `egghead_User` (
	`id` varchar(255) NOT NULL,
	`name` varchar(255),
	`role` varchar(191) NOT NULL DEFAULT 'user',
	`email` varchar(255) NOT NULL,
	`fields` json DEFAULT ('{}'),
	`emailVerified` timestamp(3),
	`image` varchar(255),
	`createdAt` timestamp(3) DEFAULT CURRENT_TIMESTAMP(3),
	CONSTRAINT `egghead_User_id` PRIMARY KEY(`id`),
	CONSTRAINT `egghead_User_email_unique` UNIQUE(`email`)
);

CREATE TABLE `egghead_VerificationToken` (
	`identifier` varchar(255) NOT NULL,
	`token` varchar(255) NOT NULL,
	`expires` timestamp NOT NULL,
	`createdAt` timestamp(3) DEFAULT (now()),
	CONSTRAINT `egghead_VerificationToken_identifier_token_pk` PRIMARY KEY(`identifier`,`token`)
);

CREATE INDEX `userId_idx` ON `egghead_Account` (`userId`);
CREATE INDEX `crr_userIdId_idx` ON `egghead_Comment` (`userId`);
CREATE INDEX `organizationMembershipId_idx` ON `egghead_Comment` (`organizationMembershipId`);
CREATE INDEX `name_idx` ON `egghead_CommunicationChannel` (`name`);
CREATE INDEX `organizationId_idx` ON `egghead_CommunicationChannel` (`organizationId`);
CREATE INDEX `userId_idx` ON `egghead_CommunicationPreference` (`userId`);
CREATE INDEX `preferenceTypeId_idx` ON `egghead_CommunicationPreference` (`preferenceTypeId`);
CREATE INDEX `channelId_idx` ON `egghead_CommunicationPreference` (`channelId`);
CREATE INDEX `organizationMembershipId_idx` ON `egghead_CommunicationPreference` (`organizationMembershipId`);
CREATE INDEX `userId_idx` ON `egghead_ContentContribution` (`userId`);
CREATE INDEX `contentId_idx` ON `egghead_ContentContribution` (`contentId`);
CREATE INDEX `contributionTypeId_idx` ON `egghead_ContentContribution` (`contributionTypeId`);
CREATE INDEX `organizationMembershipId_idx` ON `egghead_ContentContribution` (`organizationMembershipId`);
CREATE INDEX `type_idx` ON `egghead_ContentResource` (`type`);
CREATE INDEX `createdById_idx` ON `egghead_ContentResource` (`createdById`);
CREATE INDEX `createdAt_idx` ON `egghead_ContentResource` (`createdAt`);
CREATE INDEX `currentVersionId_idx` ON `egghead_ContentResource` (`currentVersionId`);
CREATE INDEX `createdByOrganizationMembershipId_idx` ON `egghead_ContentResource` (`createdByOrganizationMembershipId`);
CREATE INDEX `slug_idx` ON `egghead_ContentResource` (`slug`);
CREATE INDEX `contentResourceId_idx` ON `egghead_ContentResourceProduct` (`productId`);
CREATE INDEX `resourceId_idx` ON `egghead_ContentResourceProduct` (`resourceId`);
CREATE INDEX `organizationId_idx` ON `egghead_ContentResourceProduct` (`organizationId`);
CREATE INDEX `contentResourceId_idx` ON `egghead_ContentResourceResource` (`resourceOfId`);
CREATE INDEX `resourceId_idx` ON `egghead_ContentResourceResource` (`resourceId`);
CREATE INDEX `organizationId_idx` ON `egghead_ContentResourceResource` (`organizationId`);
CREATE INDEX `contentResourceId_idx` ON `egghead_ContentResourceTag` (`contentResourceId`);
CREATE INDEX `tagId_idx` ON `egghead_ContentResourceTag` (`tagId`);
CREATE INDEX `position_idx` ON `egghead_ContentResourceTag` (`position`);
CREATE INDEX `organizationId_idx` ON `egghead_ContentResourceTag` (`organizationId`);
CREATE INDEX `resourceId_idx` ON `egghead_ContentResourceVersion` (`resourceId`);
CREATE INDEX `parentVersionId_idx` ON `egghead_ContentResourceVersion` (`parentVersionId`);
CREATE INDEX `resourceId_versionNumber_idx` ON `egghead_ContentResourceVersion` (`resourceId`,`versionNumber`);
CREATE INDEX `organizationId_idx` ON `egghead_ContentResourceVersion` (`organizationId`);
CREATE INDEX `name_idx` ON `egghead_ContributionType` (`name`);
CREATE INDEX `slug_idx` ON `egghead_ContributionType` (`slug`);
CREATE INDEX `organizationId_idx` ON `egghead_ContributionType` (`organizationId`);
CREATE INDEX `Coupon_id_code_index` ON `egghead_Coupon` (`id`,`code`);
CREATE INDEX `organizationId_idx` ON `egghead_Coupon` (`organizationId`);
CREATE INDEX `userId_idx` ON `egghead_DeviceAccessToken` (`userId`);
CREATE INDEX `userId_idx` ON `egghead_Entitlement` (`userId`);
CREATE INDEX `orgId_idx` ON `egghead_Entitlement` (`organizationId`);
CREATE INDEX `source_idx` ON `egghead_Entitlement` (`sourceType`,`sourceId`);
CREATE INDEX `type_idx` ON `egghead_Entitlement` (`entitlementType`);
CREATE INDEX `idx_Entitlement_on_userId_type_deletedAt` ON `egghead_Entitlement` (`userId`,`entitlementType`,`deletedAt`);
CREATE INDEX `crp_userId_contentResourceId_idx` ON `egghead_LessonProgress` (`userId`,`lessonId`);
CREATE INDEX `userId_idx` ON `egghead_LessonProgress` (`userId`);
CREATE INDEX `lessonId_idx` ON `egghead_LessonProgress` (`lessonId`);
CREATE INDEX `organizationMembershipId_idx` ON `egghead_LessonProgress` (`organizationMembershipId`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantAccount` (`organizationId`);
CREATE INDEX `merchantSubscriptionId_idx` ON `egghead_MerchantCharge` (`merchantSubscriptionId`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantCharge` (`organizationId`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantCoupon` (`organizationId`);
CREATE INDEX `idx_MerchantCustomer_on_userId` ON `egghead_MerchantCustomer` (`userId`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantCustomer` (`organizationId`);
CREATE INDEX `merchantAccountId_idx` ON `egghead_MerchantEvents` (`merchantAccountId`);
CREATE INDEX `createdAt_idx` ON `egghead_MerchantEvents` (`createdAt`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantPrice` (`organizationId`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantProduct` (`organizationId`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantSession` (`organizationId`);
CREATE INDEX `organizationId_idx` ON `egghead_MerchantSubscription` (`organizationId`);
CREATE INDEX `created_at_idx` ON `egghead_Organization` (`createdAt`);
CREATE INDEX `orgMemberId_idx` ON `egghead_OrganizationMembershipRole` (`organizationMembershipId`);
CREATE INDEX `roleId_idx` ON `egghead_OrganizationMembershipRole` (`roleId`);
CREATE INDEX `organizationId_idx` ON `egghead_OrganizationMembershipRole` (`organizationId`);
CREATE INDEX `role_idx` ON `egghead_OrganizationMembership` (`role`);
CREATE INDEX `created_at_idx` ON `egghead_OrganizationMembership` (`createdAt`);
CREATE INDEX `organizationId_idx` ON `egghead_OrganizationMembership` (`organizationId`);
CREATE INDEX `name_idx` ON `egghead_Permission` (`name`);
CREATE INDEX `userId_idx` ON `egghead_PersonalAccessToken` (`userId`);
CREATE INDEX `expiresAt_idx` ON `egghead_PersonalAccessToken` (`expiresAt`);
CREATE INDEX `revokedAt_idx` ON `egghead_PersonalAccessToken` (`revokedAt`);
CREATE INDEX `organizationId_idx` ON `egghead_Price` (`organizationId`);
CREATE INDEX `organizationId_idx` ON `egghead_Product` (`organizationId`);
CREATE INDEX `userId_idx` ON `egghead_Profile` (`userId`);
CREATE INDEX `organizationId_idx` ON `egghead_PurchaseUserTransfer` (`organizationId`);
CREATE INDEX `idx_Purchase_on_merchantChargeId` ON `egghead_Purchase` (`merchantChargeId`);
CREATE INDEX `organizationId_idx` ON `egghead_Purchase` (`organizationId`);
CREATE INDEX `organizationMembershipId_idx` ON `egghead_Purchase` (`organizationMembershipId`);
CREATE INDEX `idx_Purchase_on_userId_status_productId` ON `egghead_Purchase` (`userId`,`status`,`productId`);
CREATE INDEX `surveyId_idx` ON `egghead_QuestionResponse` (`surveyId`);
CREATE INDEX `questionId_idx` ON `egghead_QuestionResponse` (`questionId`);
CREATE INDEX `respondent_key_idx` ON `egghead_QuestionResponse` (`respondentKey`);
CREATE INDEX `survey_session_id_idx` ON `egghead_QuestionResponse` (`surveySessionId`);
CREATE INDEX `userId_idx` ON `egghead_QuestionResponse` (`userId`);
CREATE INDEX `emailListSubscriberId_idx` ON `egghead_QuestionResponse` (`emailListSubscriberId`);
CREATE INDEX `survey_subscriber_idx` ON `egghead_QuestionResponse` (`surveyId`,`emailListSubscriberId`);
CREATE INDEX `crp_userId_contentResourceId_idx` ON `egghead_ResourceProgress` (`userId`,`resourceId`);
CREATE INDEX `contentResourceId_idx` ON `egghead_ResourceProgress` (`resourceId`);
CREATE INDEX `resourceId_idx` ON `egghead_ResourceProgress` (`userId`);
CREATE INDEX `organizationMembershipId_idx` ON `egghead_ResourceProgress` (`organizationMembershipId`);
CREATE INDEX `roleId_idx` ON `egghead_RolePermission` (`roleId`);
CREATE INDEX `permissionId_idx` ON `egghead_RolePermission` (`permissionId`);
CREATE INDEX `name_idx` ON `egghead_Role` (`name`);
CREATE INDEX `organizationId_idx` ON `egghead_Role` (`organizationId`);
CREATE INDEX `userId_idx` ON `egghead_Session` (`userId`);
CREATE INDEX `organizationId_idx` ON `egghead_Subscription` (`organizationId`);
CREATE INDEX `type_idx` ON `egghead_Tag` (`type`);
CREATE INDEX `organizationId_idx` ON `egghead_Tag` (`organizationId`);
CREATE INDEX `parentTagId_idx` ON `egghead_TagTag` (`parentTagId`);
CREATE INDEX `childTagId_idx` ON `egghead_TagTag` (`childTagId`);
CREATE INDEX `position_idx` ON `egghead_TagTag` (`position`);
CREATE INDEX `organizationId_idx` ON `egghead_TagTag` (`organizationId`);
CREATE INDEX `upgradableFromId_idx` ON `egghead_UpgradableProducts` (`upgradableToId`);
CREATE INDEX `upgradableToId_idx` ON `egghead_UpgradableProducts` (`upgradableFrom`);
CREATE INDEX `organizationId_idx` ON `egghead_UpgradableProducts` (`organizationId`);
CREATE INDEX `userId_idx` ON `egghead_UserPermission` (`userId`);
CREATE INDEX `permissionId_idx` ON `egghead_UserPermission` (`permissionId`);
CREATE INDEX `organizationId_idx` ON `egghead_UserPermission` (`organizationId`);
CREATE INDEX `crr_userIdId_idx` ON `egghead_UserPrefs` (`userId`);
CREATE INDEX `organizationId_idx` ON `egghead_UserPrefs` (`organizationId`);
CREATE INDEX `userId_idx` ON `egghead_UserRole` (`userId`);
CREATE INDEX `roleId_idx` ON `egghead_UserRole` (`roleId`);
CREATE INDEX `organizationId_idx` ON `egghead_UserRole` (`organizationId`);
CREATE INDEX `email_idx` ON `egghead_User` (`email`);
CREATE INDEX `role_idx` ON `egghead_User` (`role`);
CREATE INDEX `created_at_idx` ON `egghead_User` (`createdAt`);